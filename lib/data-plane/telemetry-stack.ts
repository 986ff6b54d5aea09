import { Duration } from 'aws-cdk-lib';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { EncryptionKey, PlatformBucket } from '../../constructs/core';
import { MetricWorkspace, NotificationChannel } from '../../constructs/monitoring';
import { accessLogsBucketAt } from '../contract';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** What a cell remembers of itself: metrics, request log, and where its alarms go. */
export class TelemetryStack extends PlatformStack {
  /** Key of everything in this stack. */
  public readonly encryptionKey: EncryptionKey;

  /** Where alarms go. */
  public readonly notifications: NotificationChannel;

  /** Prometheus metrics of the cell. */
  public readonly workspace: MetricWorkspace;

  /** Requests and answers that are kept, by day. */
  public readonly requestLogs: IBucket;

  constructor(scope: Construct, id: string, { input }: { readonly input: CellInput }) {
    const { config, contract, names } = input;
    super(scope, id, {
      platform: contract.platform,
      stage: names.cell,
      place: names,
      description: 'Metrics, request log and notifications of the cell',
      stateful: true,
      owner: config.owner,
    });
    this.encryptionKey = new EncryptionKey(this, 'Key', { description: 'Telemetry of the cell' }).allowLogs();
    this.notifications = new NotificationChannel(this, 'Notifications', {
      encryptionKey: this.encryptionKey,
      emails: [config.owner],
      topicName: names.alertTopic,
    });
    this.workspace = new MetricWorkspace(this, 'Metrics', {
      encryptionKey: this.encryptionKey,
      notify: this.notifications.topic,
      alias: names.prefix,
    });
    this.requestLogs = new PlatformBucket(this, 'RequestLogs', {
      bucketName: names.requestLogBucket,
      encryptionKey: this.encryptionKey,
      accessLogs: Bucket.fromBucketName(this, 'AccessLogs', accessLogsBucketAt(contract, names)),
      lifecycleRules: [{ id: 'Expire', expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(30) }],
    });
  }
}
