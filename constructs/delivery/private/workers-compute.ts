import { Duration, Stack } from 'aws-cdk-lib';
import { CustomState } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Problem } from '../../core/errors';
import { duration } from '../../core/validate';
import type { WorkerQueue } from '../worker-queue';
import type { ComputeContext, ComputeStates, ComputeStrategy } from './compute-states';

/** Properties for `TrainingCompute.workers`. */
export interface WorkersComputeProps {
  /** Queue that the workers take jobs from. */
  readonly queue: WorkerQueue;

  /**
   * Longest silence of a worker, 1 minute to 7 days. It counts from the moment the job is queued: leave room for the wait.
   *
   * @default Duration.hours(1)
   */
  readonly heartbeat?: Duration;
}

/** Jobs by queue and task token. */
export class WorkersCompute implements ComputeStrategy {
  readonly #queue: WorkerQueue;
  readonly #heartbeat: Duration;

  constructor({ queue, heartbeat = Duration.hours(1) }: WorkersComputeProps) {
    this.#queue = queue;
    this.#heartbeat = heartbeat;
  }

  public problems(): Problem[] {
    return duration('heartbeat', this.#heartbeat, 60, 7 * 24 * 3600);
  }

  public bind(scope: Construct, context: ComputeContext): ComputeStates {
    const training = this.#state(scope, 'Train', context.timeout, {
      job: {
        kind: 'training',
        'name.$': '$.request.jobName',
        image: context.trainingImage,
        'hyperparameters.$': '$.request.hyperparameters',
        inputs: { 'dataset.$': '$.request.datasetUri' },
        'output.$': '$.request.trainingOutput',
      },
      select: { 'artifact.$': '$.ModelArtifacts.S3ModelArtifacts', 'digest.$': '$.digest' },
      path: '$.training',
    });
    const evaluation = this.#state(scope, 'Evaluate', context.timeout, {
      job: {
        kind: 'evaluation',
        'name.$': '$.request.jobName',
        image: context.evaluationImage,
        hyperparameters: context.evaluationParameters,
        inputs: { 'model.$': '$.training.artifact', 'dataset.$': '$.request.datasetUri' },
        'output.$': '$.request.evaluationOutput',
      },
      select: { 'digest.$': '$.digest' },
      path: '$.evaluation',
    });
    return { training, evaluation, allow: (workflow) => this.#queue.grants.send(workflow).assertSuccess() };
  }

  #state(
    scope: Construct,
    id: string,
    timeout: Duration,
    { job, select, path }: { job: object; select: object; path: string },
  ): CustomState {
    const state = new CustomState(scope, id, {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Stack.of(scope).partition}:states:::sqs:sendMessage.waitForTaskToken`,
        Parameters: { QueueUrl: this.#queue.queue.queueUrl, MessageBody: { 'taskToken.$': '$$.Task.Token', job } },
        ResultSelector: select,
        ResultPath: path,
        TimeoutSeconds: timeout.toSeconds(),
        HeartbeatSeconds: Math.min(this.#heartbeat.toSeconds(), timeout.toSeconds() - 1),
      },
    });
    return state.addRetry({
      errors: ['SQS.SdkClientException', 'SQS.SqsException', 'SQS.QueueDoesNotExistException'],
      interval: Duration.seconds(2),
      maxAttempts: 4,
      backoffRate: 2,
    });
  }
}
