import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../../core/encryption-key';
import { HandlerFunction } from '../../core/handler-function';
import { OwnedAlarm } from '../../core/owned-alarm';
import type { Owner } from '../../core/owner';
import { acknowledgeFinding } from '../../core/permission-ledger';
import { matches, requireNone } from '../../core/validate';
import { allowRule, grantReplication, queueTarget } from './artifact-replication-grants';

/** Longest run that Lambda allows, and so the time after which a failed copy is repeated. */
const LONGEST_RUN = Duration.minutes(15);

/** One end of a replication, named and not referred to. */
export interface ReplicationEnd {
  /** Name of the bucket. */
  readonly bucketName: string;
  /** Account that owns the bucket. */
  readonly account: string;
  /** Region of the bucket. */
  readonly region: string;
  /** Alias of the key of the bucket, with `alias/`. */
  readonly keyAlias: string;
}

/** Properties for `ArtifactReplication`. */
export interface ArtifactReplicationProps {
  /** Bus on which registrations are announced, in the account and region of this construct. */
  readonly eventBus: IEventBus;

  /** Source of the event. */
  readonly eventSource: string;

  /**
   * Type of the event; its detail is a `ModelRegistered`.
   *
   * @default 'Model Registered'
   */
  readonly eventType?: string;

  /** Where artefacts are registered. */
  readonly source: ReplicationEnd;

  /** The replica. */
  readonly target: ReplicationEnd;

  /** Name of the role that copies; the policies of the replica name it. 1 to 64 characters. */
  readonly roleName: string;

  /** Key of the logs, of the environment and of the queue. It must allow CloudWatch Logs and EventBridge. */
  readonly encryptionKey: EncryptionKey;

  /** Who is told when an artefact was not copied. */
  readonly owner: Owner;

  /**
   * Where the alarm is sent.
   *
   * @default - nowhere
   */
  readonly notify?: IAlarmAction;
}

/**
 * Copies each registered artefact to a replica, when its registration is announced.
 *
 * The announcement waits in a queue for a function that reads the artefact, checks its digest on the way and writes it
 * once; of weights, every file that their manifest lists, and the manifest last. A failed or unfinished copy goes on after
 * 15 minutes; after five failures the announcement goes to a second queue, is kept there for 14 days, and an alarm names the
 * owner; moving it back (`StartMessageMoveTask`) repeats it harmlessly. A single file of more than about 50 GB needs another
 * way: a run ends after 15 minutes. Costs about 0.20 USD per month at rest.
 */
export class ArtifactReplication extends Construct {
  /** The function that copies. */
  public readonly handler: IFunction;

  /** Announcements of registrations that wait to be worked on. */
  public readonly registrations: IQueue;

  /** Announcements whose artefact could not be copied. */
  public readonly deadLetters: IQueue;

  /** @throws PlatformError `InvalidFormat` */
  constructor(scope: Construct, id: string, props: ArtifactReplicationProps) {
    super(scope, id);
    const { eventBus, eventSource, eventType = 'Model Registered', encryptionKey } = props;
    requireNone(
      this,
      matches('roleName', props.roleName, /^[\w+=,.@-]{1,64}$/, '1 to 64 characters that IAM allows in a role name'),
      matches('source.keyAlias', props.source.keyAlias, /^alias\/.+/, "an alias that starts with 'alias/'"),
      matches('target.keyAlias', props.target.keyAlias, /^alias\/.+/, "an alias that starts with 'alias/'"),
    );

    this.deadLetters = this.createQueue('DeadLetters', encryptionKey);
    acknowledgeFinding(this.deadLetters, {
      rule: 'AwsSolutions-SQS3',
      reason: 'it is the dead-letter queue, of a queue and of a rule',
      expires: '2027-12-31',
    });
    this.registrations = this.createQueue('Registrations', encryptionKey, this.deadLetters);
    const handler = this.createHandler(props);
    grantReplication(handler, props.source, props.target);
    handler.addEventSource(new SqsEventSource(this.registrations, { batchSize: 1 }));
    this.handler = handler;
    const rule = new Rule(this, 'Registered', {
      description: `Copies registered artefacts to ${props.target.bucketName}`,
      eventBus,
      eventPattern: { source: [eventSource], detailType: [eventType] },
      targets: [queueTarget(this.registrations, this.deadLetters)],
    });
    allowRule(rule, this.registrations, this.deadLetters);
    this.createAlarms(props);
  }

  private createQueue(id: string, encryptionKey: EncryptionKey, deadLetters?: IQueue): Queue {
    return new Queue(this, id, {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: encryptionKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: LONGEST_RUN,
      deadLetterQueue: deadLetters && { queue: deadLetters, maxReceiveCount: 5 },
    });
  }

  private createHandler({ source, target, encryptionKey, roleName }: ArtifactReplicationProps): HandlerFunction {
    const handler = new HandlerFunction(this, 'Handler', {
      handler: 'registry/artifact-replication',
      description: 'Copies a registered artefact to the replica of a cell',
      encryptionKey,
      timeout: LONGEST_RUN,
      memorySize: 1024,
      environment: {
        SOURCE_BUCKET: source.bucketName,
        SOURCE_ACCOUNT: source.account,
        SOURCE_REGION: source.region,
        TARGET_BUCKET: target.bucketName,
        TARGET_ACCOUNT: target.account,
        TARGET_REGION: target.region,
      },
    });
    if (handler.role) (handler.role.node.defaultChild as CfnRole).roleName = roleName;
    return handler;
  }

  private createAlarms({ owner, notify }: ArtifactReplicationProps): void {
    const common = { evaluationPeriods: 1, runbookSection: 'artifact-replication', owner, notify };
    const period = Duration.minutes(5);
    new OwnedAlarm(this, 'Failed', {
      ...common,
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
      threshold: 1,
      meaning: 'A registered artefact did not reach a cell, so that the cell cannot serve it.',
    });
    new OwnedAlarm(this, 'Late', {
      ...common,
      metric: this.registrations.metricApproximateAgeOfOldestMessage({ period }),
      threshold: Duration.minutes(20).toSeconds(),
      meaning:
        'A registered artefact has not reached a cell for 20 minutes: it is large, or the copy fails and is repeated.',
    });
  }
}
