import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ImmutableStore, type ImmutableStoreProps } from './immutable-store';
import { EXPERIMENT_PREFIX, MODEL_PREFIX, WORK_PREFIX } from './object-keys';

/** Properties for `ArtifactStore`. */
export type ArtifactStoreProps = ImmutableStoreProps;

/**
 * Model artefacts by name and version, `models/<name>/<version>/model.tar.gz`, each written once.
 *
 * Beside them, and not immutable: `work/` for what training writes before the gate, gone after 90 days, and `experiments/`
 * for MLflow. Costs storage and requests.
 */
export class ArtifactStore extends ImmutableStore {
  /** Prefix of what training writes before the gate. */
  public readonly workPrefix = WORK_PREFIX;

  /** Prefix of the artefacts of experiments. */
  public readonly experimentPrefix = EXPERIMENT_PREFIX;

  constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id, props, {
      prefix: MODEL_PREFIX,
      lifecycleRules: [
        {
          id: 'ExpireWork',
          prefix: WORK_PREFIX,
          expiration: Duration.days(90),
          noncurrentVersionExpiration: Duration.days(30),
        },
      ],
    });
  }
}
