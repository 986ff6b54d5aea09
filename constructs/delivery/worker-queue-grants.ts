import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { grantWithWildcards } from '../core/permission-ledger';
import type { WorkerQueue } from './worker-queue';

/** IAM permissions on a `WorkerQueue`. */
export class WorkerQueueGrants {
  /** Builds the grants of `queue`, whose key is `key`. */
  public static fromWorkerQueue(queue: WorkerQueue, key: IKey): WorkerQueueGrants {
    return new WorkerQueueGrants(queue, key);
  }

  readonly #queue: WorkerQueue;
  readonly #key: IKey;

  private constructor(queue: WorkerQueue, key: IKey) {
    this.#queue = queue;
    this.#key = key;
  }

  /**
   * Lets `grantee` hand out jobs.
   *
   * Actions: `sqs:SendMessage` on the queue, `kms:GenerateDataKey` and `kms:Decrypt` on its key.
   */
  public send(grantee: IGrantable): Grant {
    const resourceArns = [this.#queue.queue.queueArn];
    return Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns }).combine(
      this.#key.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt'),
    );
  }

  /**
   * Lets `grantee` take jobs and answer for them. It can answer only for a token that it holds, and it gets tokens from this
   * queue alone; reading datasets and writing candidates are grants of the registry's stores.
   *
   * Actions: `sqs:ReceiveMessage`, `sqs:DeleteMessage`, `sqs:ChangeMessageVisibility`, `sqs:GetQueueAttributes` on the queue,
   * `kms:Decrypt` on its key, `states:SendTaskSuccess`, `states:SendTaskFailure`, `states:SendTaskHeartbeat`.
   */
  public work(grantee: IGrantable): Grant {
    const actions = [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ];
    const answers = ['states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#queue.queue.queueArn] })
      .combine(this.#key.grant(grantee, 'kms:Decrypt'))
      .combine(
        grantWithWildcards(
          { grantee, actions: answers, resourceArns: ['*'] },
          'IAM knows no resource for task answers: the token is the permission',
        ),
      );
  }
}
