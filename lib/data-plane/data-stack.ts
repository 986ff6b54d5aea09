import { Duration } from 'aws-cdk-lib';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  ArtifactReplica,
  EmbeddingIndex,
  EmbeddingStore,
  EncryptionKey,
  FeatureGroup,
  FeatureStore,
} from '../../constructs';
import { accessLogsBucketAt } from '../contract';
import { platformOwner } from '../owner';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `DataStack`. */
export interface DataStackProps {
  /** Configuration and names of the cell. */
  readonly input: CellInput;
}

/** What a cell keeps: its data key, its replica of the artefacts, its features and embeddings. */
export class DataStack extends PlatformStack {
  /** Key of everything in this stack. */
  public readonly encryptionKey: EncryptionKey;
  /** The cell's own copy of the model artefacts. */
  public readonly artifacts: IBucket;
  /** What the feature groups share. */
  public readonly features: FeatureStore;
  /** Feature groups by the name that the configuration gives them. */
  public readonly featureGroups: Readonly<Record<string, FeatureGroup>>;
  /** Embedding indexes, in the order of the configuration. */
  public readonly embeddings: readonly EmbeddingIndex[];

  constructor(scope: Construct, id: string, { input }: DataStackProps) {
    const { config, contract, names } = input;
    super(scope, id, {
      platform: contract.platform,
      stage: names.cell,
      place: names,
      description: 'Data of the cell: artefact replica, features, embeddings',
      stateful: true,
      owner: config.owner,
    });

    this.encryptionKey = new EncryptionKey(this, 'Key', {
      description: `Encrypts the data of ${names.prefix}`,
      alias: names.keyAlias,
    });
    const accessLogs = Bucket.fromBucketName(this, 'AccessLogs', accessLogsBucketAt(input.contract, input.names));
    this.artifacts = new ArtifactReplica(this, 'Artifacts', {
      encryptionKey: this.encryptionKey,
      bucketName: names.artifactBucket,
      accessLogs,
      writer: { account: contract.controlPlane.account, roleName: names.replicatorRole },
    }).bucket;
    this.features = new FeatureStore(this, 'Features', {
      encryptionKey: this.encryptionKey,
      bucketName: names.featureBucket,
      databaseName: names.featureDatabase,
      accessLogs,
    });
    this.featureGroups = this.createFeatureGroups(input);
    this.embeddings = this.createEmbeddings(input);
  }

  private createFeatureGroups({ config, names }: CellInput): Record<string, FeatureGroup> {
    const groups = config.features.groups.map(({ name, timeToLiveSeconds, ...group }) => {
      const featureGroup = new FeatureGroup(this, `FeatureGroup-${name}`, {
        ...group,
        store: this.features,
        featureGroupName: `${names.prefix}-${name}`,
        owner: platformOwner(config),
        timeToLive: timeToLiveSeconds === undefined ? undefined : Duration.seconds(timeToLiveSeconds),
      });
      return [name, featureGroup] as const;
    });
    return Object.fromEntries(groups);
  }

  private createEmbeddings({ config, names }: CellInput): EmbeddingIndex[] {
    const { embeddings } = config.features;
    if (embeddings.length === 0) return [];
    const store = new EmbeddingStore(this, 'Embeddings', {
      encryptionKey: this.encryptionKey,
      bucketName: names.vectorBucket,
    });
    return embeddings.map(
      ({ name, ...index }) =>
        new EmbeddingIndex(this, `Embeddings-${name}-v${index.version}`, {
          ...index,
          store,
          indexName: name,
          owner: platformOwner(config),
        }),
    );
  }
}
