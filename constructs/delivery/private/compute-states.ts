import type { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { CustomState } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Problem } from '../../core/errors';
import type { ModelRegistry } from '../../registry/model-registry';

/** What the jobs of one model need to know. */
export interface ComputeContext {
  /** Name of the model. */
  readonly model: string;
  /** Registry that holds datasets and candidates. */
  readonly registry: ModelRegistry;
  /** Image of the training container, by digest. */
  readonly trainingImage: string;
  /** Image of the evaluation container, by digest. */
  readonly evaluationImage: string;
  /** Parameters of the evaluation container. */
  readonly evaluationParameters: Readonly<Record<string, string>>;
  /** Longest run of one job. */
  readonly timeout: Duration;
}

/**
 * The two job states of a workflow. `training` puts `{ artifact, digest }` at `$.training`, `evaluation` puts `{ digest }` at
 * `$.evaluation`; a digest is empty where the compute answers none.
 */
export interface ComputeStates {
  /** Runs the training container. */
  readonly training: CustomState;
  /** Runs the evaluation container. */
  readonly evaluation: CustomState;
  /** Gives the workflow what both states need. */
  allow(workflow: IGrantable): void;
}

/** One way to run jobs. */
export interface ComputeStrategy {
  /** What is wrong with its settings. */
  problems(): Problem[];
  /** Defines the states of one model below `scope`. */
  bind(scope: Construct, context: ComputeContext): ComputeStates;
}
