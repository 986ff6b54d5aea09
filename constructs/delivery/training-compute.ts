import type { Construct } from 'constructs';
import type { Problem } from '../core/errors';
import type { ComputeContext, ComputeStates, ComputeStrategy } from './private/compute-states';
import { SageMakerCompute, type SageMakerComputeProps } from './private/sage-maker-compute';
import { WorkersCompute, type WorkersComputeProps } from './private/workers-compute';

/**
 * Who runs the training and evaluation containers of a workflow. Both ways run the same containers on the same inputs.
 */
export class TrainingCompute {
  /** SageMaker training and processing jobs: encrypted volumes and traffic, network isolation, no capacity kept. */
  public static sageMaker(props: SageMakerComputeProps = {}): TrainingCompute {
    return new TrainingCompute(new SageMakerCompute(props));
  }

  /** Workers of yours, on any hardware, that take jobs from a queue and answer by task token. */
  public static workers(props: WorkersComputeProps): TrainingCompute {
    return new TrainingCompute(new WorkersCompute(props));
  }

  readonly #strategy: ComputeStrategy;

  private constructor(strategy: ComputeStrategy) {
    this.#strategy = strategy;
  }

  /** What is wrong with the settings. */
  public problems(): Problem[] {
    return this.#strategy.problems();
  }

  /** Defines the job states of one model below `scope`. */
  public bind(scope: Construct, context: ComputeContext): ComputeStates {
    return this.#strategy.bind(scope, context);
  }
}
