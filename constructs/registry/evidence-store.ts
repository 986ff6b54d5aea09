import { Duration } from 'aws-cdk-lib';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ImmutableStore, type ImmutableStoreProps } from './immutable-store';
import { EVIDENCE_PREFIX } from './object-keys';

/** Properties for `EvidenceStore`. */
export interface EvidenceStoreProps extends ImmutableStoreProps {
  /**
   * Time for which not even an administrator can delete evidence.
   *
   * @default ObjectLockRetention.governance(Duration.days(365))
   */
  readonly objectLock?: ObjectLockRetention;
}

/**
 * Evaluation evidence by model and execution, `evidence/<model>/<execution>/`, each object written once and locked.
 *
 * S3 Object Lock keeps every version for the retention; in governance mode only a principal with
 * `s3:BypassGovernanceRetention` passes, and the bucket policy refuses that to all but the break-glass roles. Costs storage
 * and requests.
 */
export class EvidenceStore extends ImmutableStore {
  constructor(scope: Construct, id: string, props: EvidenceStoreProps) {
    const { objectLock = ObjectLockRetention.governance(Duration.days(365)) } = props;
    super(scope, id, { ...props, objectLock }, { prefix: EVIDENCE_PREFIX });
  }
}
