import { SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { AwsSession } from './aws-session';
import { asFailure } from './failure';
import { type JobAnswer, type JobContext, JobFailure, jobMessageSchema, runJob } from './worker-job';

/** Name under which the stand-in is listed. */
export const RUNNER_NAME = 'local-runner';

const HEARTBEAT_MS = 10_000;
const CAUSE_LIMIT = 32_768;

/** Properties for `LocalRunner`. */
export interface LocalRunnerProps extends JobContext {
  readonly session: AwsSession;
  /** Address of the worker queue. */
  readonly queueUrl: string;
  /** Told of each job when it ends. */
  readonly onJob: (text: string) => void;
}

/** A job that the runner answered. */
export interface AnsweredJob {
  readonly kind: string;
  readonly name: string;
  /** Prefix below which the job wrote. */
  readonly output: string;
  readonly seconds: number;
  readonly outcome: 'succeeded' | 'failed';
  /** Digest of the artefact or the evidence; absent when it failed. */
  readonly digest?: string | undefined;
}

/**
 * Stands in for SageMaker: takes the jobs of the worker queue, runs the training and evaluation containers' own code, and
 * answers the task tokens.
 */
export class LocalRunner {
  /** Jobs answered so far. */
  public readonly jobs: AnsweredJob[] = [];
  readonly #props: LocalRunnerProps;

  constructor(props: LocalRunnerProps) {
    this.#props = props;
  }

  /** Works until the run ends; a fault of the runner itself fails the run. */
  public async work(): Promise<void> {
    const { session, queueUrl: url, supervisor } = this.#props;
    try {
      while (!supervisor.signal.aborted) {
        const receive = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 1, WaitTimeSeconds: 2 });
        const { Messages: messages } = await supervisor.guard(session.queues.send(receive));
        for (const message of messages ?? []) {
          await session.queues.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
          await this.#answer(message);
        }
      }
    } catch (error) {
      supervisor.fail(asFailure(error));
    }
  }

  async #answer(message: Message): Promise<void> {
    const { session, onJob } = this.#props;
    const { taskToken, job } = jobMessageSchema.parse(JSON.parse(message.Body ?? ''));
    const began = performance.now();
    const beat = setInterval(() => {
      session.workflows.send(new SendTaskHeartbeatCommand({ taskToken })).catch(() => undefined); // a late one is harmless
    }, HEARTBEAT_MS);
    let answer: JobAnswer | undefined;
    try {
      answer = await runJob(job, `${this.jobs.length + 1}-${job.kind}`, this.#props);
      await session.workflows.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) }));
    } catch (error) {
      if (!(error instanceof JobFailure)) throw error;
      const cause = error.message.slice(0, CAUSE_LIMIT);
      await session.workflows.send(new SendTaskFailureCommand({ taskToken, error: error.name, cause }));
    } finally {
      clearInterval(beat);
    }
    const seconds = (performance.now() - began) / 1_000;
    const { kind, name, output } = job;
    const outcome = answer ? 'succeeded' : 'failed';
    this.jobs.push({ kind, name, output, outcome, digest: answer?.digest, seconds: Number(seconds.toFixed(2)) });
    onJob(`${RUNNER_NAME}: ${kind} of ${name} ${outcome} in ${seconds.toFixed(1)} s`);
  }
}
