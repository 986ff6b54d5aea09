import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFeatureGroup } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import type { Problem } from '../core/errors';
import type { Owner } from '../core/owner';
import { duration, matches, requireNone, when } from '../core/validate';
import { FeatureGroupGrants } from './feature-group-grants';
import { FeatureGroupMetrics } from './feature-group-metrics';
import type { FeatureStore } from './feature-store';
import { type FeatureType, featureProblems } from './private/feature-rules';

/** Properties for `FeatureGroup`. */
export interface FeatureGroupProps {
  /** Store that the group belongs to. */
  readonly store: FeatureStore;

  /** Name of the group: 2 to 64 lower-case letters, digits or hyphens. It cannot be changed. */
  readonly featureGroupName: string;

  /** What one record describes, 1 to 128 characters. */
  readonly description: string;

  /** Who answers for the data. */
  readonly owner: Owner;

  /** Type of each feature by its name, 2 to 2,500, with the record identifier and the event time. Features can only be added. */
  readonly features: Readonly<Record<string, FeatureType>>;

  /** Feature that identifies a record. */
  readonly recordIdentifier: string;

  /** Feature that tells when a record was true: ISO-8601 (`string`) or Unix seconds (`fractional`). */
  readonly eventTime: string;

  /**
   * How long a record is kept in the online store after its event time, 1 second to 5 years.
   *
   * @default - until it is deleted
   */
  readonly timeToLive?: Duration;

  /**
   * Whether the latest record of each identifier can be read at request time.
   *
   * @default true
   */
  readonly online?: boolean;

  /**
   * Whether every record is kept for training, as an Iceberg table.
   *
   * @default true
   */
  readonly offline?: boolean;
}

const TYPES = { string: 'String', integral: 'Integral', fractional: 'Fractional' } as const;

const FIVE_YEARS_IN_SECONDS = 5 * 365 * 24 * 3600;

/**
 * A SageMaker feature group: named, typed features with an online store for serving and an offline store for training.
 *
 * Both stores are encrypted with the key of the `FeatureStore`. The group is retained when its stack is deleted, since its
 * online records would be lost with it. On demand: costs nothing at rest but the storage. Does not check incoming values beyond
 * their type.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store.html
 */
export class FeatureGroup extends Construct {
  /** Name of the group. */
  public readonly featureGroupName: string;
  /** ARN of the group. */
  public readonly featureGroupArn: string;
  /** The CloudFormation resource. */
  public readonly resource: CfnFeatureGroup;
  /** Who answers for the data. */
  public readonly owner: Owner;
  /** Permissions that others can hold on this group. */
  public readonly grants: FeatureGroupGrants;
  /** Metrics of the online store. */
  public readonly metrics: FeatureGroupMetrics;

  constructor(scope: Construct, id: string, props: FeatureGroupProps) {
    super(scope, id);
    const { store, featureGroupName, description, owner, online = true, offline = true } = props;
    requireNone(this, problems(props, online, offline), featureProblems(props));

    this.featureGroupName = featureGroupName;
    this.owner = owner;
    this.featureGroupArn = Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: 'feature-group',
      resourceName: featureGroupName,
    });
    this.resource = new CfnFeatureGroup(this, 'Resource', {
      featureGroupName,
      description,
      recordIdentifierFeatureName: props.recordIdentifier,
      eventTimeFeatureName: props.eventTime,
      featureDefinitions: Object.entries(props.features).map(([featureName, type]) => ({
        featureName,
        featureType: TYPES[type],
      })),
      roleArn: store.role.roleArn,
      onlineStoreConfig: online ? onlineConfig(props) : undefined,
      offlineStoreConfig: offline ? offlineConfig(props) : undefined,
      tags: [{ key: 'data-owner', value: owner.team }],
    });
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.resource.node.addDependency(store);
    this.grants = new FeatureGroupGrants({
      store,
      featureGroupName,
      featureGroupArn: this.featureGroupArn,
      tableName: tableName(featureGroupName),
    });
    this.metrics = new FeatureGroupMetrics(featureGroupName);
  }
}

/** CloudFormation takes these two as untyped JSON: the keys are those of the service's API. */
function onlineConfig({ store, timeToLive }: FeatureGroupProps): Record<string, unknown> {
  return {
    EnableOnlineStore: true,
    StorageType: 'Standard',
    SecurityConfig: { KmsKeyId: store.encryptionKey.keyArn },
    ...(timeToLive && { TtlDuration: { Unit: 'Seconds', Value: timeToLive.toSeconds() } }),
  };
}

function offlineConfig({ store, featureGroupName }: FeatureGroupProps): Record<string, unknown> {
  return {
    TableFormat: 'Iceberg',
    S3StorageConfig: {
      S3Uri: `s3://${store.bucket.bucketName}/${featureGroupName}`,
      KmsKeyId: store.encryptionKey.keyArn,
    },
    DataCatalogConfig: {
      Catalog: 'AwsDataCatalog',
      Database: store.databaseName,
      TableName: tableName(featureGroupName),
    },
  };
}

function tableName(featureGroupName: string): string {
  return featureGroupName.replaceAll('-', '_');
}

function problems(props: FeatureGroupProps, online: boolean, offline: boolean): Problem[] {
  const { featureGroupName, description, owner, timeToLive } = props;
  return [
    matches(
      'featureGroupName',
      featureGroupName,
      /^[a-z][a-z0-9-]{0,62}[a-z0-9]$/,
      '2 to 64 lower-case letters, digits or hyphens, starting with a letter and not ending in a hyphen',
    ),
    matches('description', description, /^.{1,128}$/s, '1 to 128 characters'),
    matches('owner.team', owner.team, /^[\w .:/=+@-]{1,256}$/, '1 to 256 characters that a tag may have'),
    timeToLive ? duration('timeToLive', timeToLive, 1, FIVE_YEARS_IN_SECONDS) : [],
    when(!online && !offline, 'NoStore', "'online' and 'offline' must not both be false; leave out one of them"),
    when(
      !online && timeToLive !== undefined,
      'TimeToLiveWithoutOnline',
      "'timeToLive' must be left out when 'online' is false: the offline store keeps every record",
    ),
  ].flat();
}
