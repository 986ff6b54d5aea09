import { Duration } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  AuditTrail,
  type DataEvents,
  EncryptionKey,
  LogArchive,
  NotificationChannel,
  TrailQueries,
} from '../../constructs';
import type { AccountNames, PlatformContract } from '../contract';
import { platformOwner } from '../owner';
import type { StageInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `AuditStack`. */
export interface AuditStackProps {
  /** What the account stage is built from. */
  readonly input: StageInput & { readonly names: AccountNames };
}

/** Who did what in an account: trail, archive that cannot be changed, queries. */
export class AuditStack extends PlatformStack {
  /** Logs that nobody can change or delete. */
  public readonly archive: LogArchive;

  /** The trail, unless the configuration leaves it to the organisation. */
  public readonly trail?: AuditTrail;

  /** Where the alarms of the account go. */
  public readonly notifications: NotificationChannel;

  /** SQL over the trail, unless switched off. */
  public readonly queries?: TrailQueries;

  constructor(scope: Construct, id: string, { input }: AuditStackProps) {
    const { config, contract, names } = input;
    super(scope, id, {
      platform: config.name,
      stage: 'account',
      place: names,
      description: 'Trail of API calls, its archive and queries over it',
      stateful: true,
      owner: config.owner,
    });

    const { audit } = config;
    const encryptionKey = new EncryptionKey(this, 'Key', {
      description: `Encrypts the audit trail of ${config.name}`,
      alias: names.auditKeyAlias,
    });
    const accessLogs = Bucket.fromBucketName(this, 'AccessLogs', names.accessLogsBucket);
    this.archive = new LogArchive(this, 'Archive', {
      encryptionKey,
      bucketName: names.logArchiveBucket,
      accessLogs,
      retention: Duration.days(audit.retentionDays),
      compliance: audit.objectLock === 'COMPLIANCE',
    });
    this.notifications = new NotificationChannel(this, 'Notifications', {
      encryptionKey,
      emails: [config.owner],
      topicName: names.alertTopic,
    });
    if (audit.trail) {
      this.trail = new AuditTrail(this, 'Trail', {
        trailName: names.trail,
        archive: this.archive,
        encryptionKey,
        owner: platformOwner(config),
        notify: this.notifications.action,
        dataEvents: audit.dataEvents ? dataEvents(contract, names) : {},
        metricNamespace: names.auditNamespace,
      });
    }
    if (audit.trail && audit.queries) {
      this.queries = new TrailQueries(this, 'Queries', {
        archive: this.archive,
        encryptionKey,
        workGroupName: names.auditWorkGroup,
        regions: [...new Set([...contract.accounts.map(({ region }) => region), 'us-east-1'])],
        resultBucketName: names.auditResultBucket,
        accessLogs,
      });
    }
  }
}

/** Data of this account whose every access is recorded: what models are made from, features, decisions. */
function dataEvents({ controlPlane, cells }: PlatformContract, { account, region }: AccountNames): DataEvents {
  const registry = [controlPlane].filter((plane) => plane.account === account);
  const cellsHere = cells.filter((cell) => cell.account === account);
  return {
    buckets: [
      ...registry.flatMap((r) => [r.artifactBucket, r.datasetBucket, r.promptBucket, r.evidenceBucket]),
      ...cellsHere.flatMap((cell) => [cell.artifactBucket, cell.featureBucket]),
    ],
    tables: registry.flatMap((r) => (r.region === region ? [r.modelTable, r.ledgerTable, r.reviewTable] : [])),
  };
}
