import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { type Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, type ILogGroup, LogGroup, MetricFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../core/encryption-key';
import { OwnedAlarm } from '../core/owned-alarm';
import type { Owner } from '../core/owner';
import { grantWithWildcards } from '../core/permission-ledger';
import { matches, requireNone } from '../core/validate';
import type { LogArchive } from './log-archive';
import { TRAIL_DETECTIONS, type TrailDetection } from './trail-detection';
import { type DataEvents, eventSelectors } from './trail-selectors';

/** Properties for `AuditTrail`. */
export interface AuditTrailProps {
  /** Name of the trail, 3 to 128 letters, digits or `._-`. Policies name it, so it must be known. */
  readonly trailName: string;

  /** Where the logs are kept. */
  readonly archive: LogArchive;

  /** Key of the logs; the trail lets CloudTrail and CloudWatch Logs use it. */
  readonly encryptionKey: EncryptionKey;

  /** Who is told when something is detected. */
  readonly owner: Owner;

  /**
   * Data whose every access is recorded, besides management events. About 0.10 USD per 100,000 events.
   *
   * @default - none
   */
  readonly dataEvents?: DataEvents;

  /**
   * What raises an alarm.
   *
   * @default TRAIL_DETECTIONS
   */
  readonly detections?: readonly TrailDetection[];

  /**
   * Where the alarms are sent.
   *
   * @default - nowhere
   */
  readonly notify?: IAlarmAction;

  /**
   * Namespace of the metrics of the detections.
   *
   * @default 'Groundplane/Audit'
   */
  readonly metricNamespace?: string;
}

/**
 * A trail of every API call in an account, in all regions, that shows when it was tampered with.
 *
 * Log files are validated by a chain of signed digests (`aws cloudtrail validate-logs`), encrypted with a customer key and
 * kept in a `LogArchive`; a copy goes to an encrypted log group, kept one year, from which detections raise alarms with an
 * owner. The first copy of management events is free; costs data events, storage, and about 0.70 USD per month for alarms.
 */
export class AuditTrail extends Construct {
  /** The trail. */
  public readonly resource: CfnTrail;

  /** ARN of the trail. */
  public readonly trailArn: string;

  /** Recent events, for queries and alarms. */
  public readonly logGroup: ILogGroup;

  /** One alarm for each detection. */
  public readonly alarms: readonly OwnedAlarm[];

  /** @throws PlatformError `InvalidFormat` */
  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id);
    const { trailName, archive, encryptionKey, dataEvents = {}, detections = TRAIL_DETECTIONS } = props;
    const pattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,126}[a-zA-Z0-9]$/;
    requireNone(this, matches('trailName', trailName, pattern, "3 to 128 letters, digits, '.', '_' or '-'"));

    this.trailArn = Stack.of(this).formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trailName });
    archive.allowTrail(this.trailArn);
    encryptionKey.allowTrail(this.trailArn).allowLogs();
    this.logGroup = new LogGroup(this, 'Events', {
      encryptionKey,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const { role, access } = this.createDeliveryRole();
    this.resource = new CfnTrail(this, 'Resource', {
      trailName,
      s3BucketName: archive.bucketName,
      kmsKeyId: encryptionKey.keyArn,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      cloudWatchLogsLogGroupArn: this.logGroup.logGroupArn,
      cloudWatchLogsRoleArn: role.roleArn,
      advancedEventSelectors: eventSelectors(this, dataEvents),
    });
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    access.applyBefore(this.resource);
    if (archive.policy) this.resource.node.addDependency(archive.policy);
    this.alarms = detections.map((detection) => this.detect(detection, props));
  }

  private createDeliveryRole(): { role: Role; access: Grant } {
    const { account, region } = Stack.of(this);
    const role = new Role(this, 'DeliveryRole', {
      description: 'CloudTrail copies events to a log group',
      assumedBy: new ServicePrincipal('cloudtrail.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceArn': this.trailArn } },
      }),
    });
    const access = grantWithWildcards(
      {
        grantee: role,
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resourceArns: [
          Stack.of(this).formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: `${this.logGroup.logGroupName}:log-stream:${account}_CloudTrail_${region}*`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      },
      'CloudTrail numbers its log streams behind this name',
    );
    return { role, access };
  }

  private detect(detection: TrailDetection, props: AuditTrailProps): OwnedAlarm {
    const { owner, notify, metricNamespace = 'Groundplane/Audit' } = props;
    const filter = new MetricFilter(this, `${detection.name}Filter`, {
      logGroup: this.logGroup,
      filterPattern: FilterPattern.literal(detection.pattern),
      metricNamespace,
      metricName: detection.name,
      metricValue: '1',
      defaultValue: 0,
    });
    return new OwnedAlarm(this, detection.name, {
      metric: filter.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      meaning: detection.meaning,
      runbookSection: detection.runbookSection,
      owner,
      notify,
    });
  }
}
