import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnIndex } from 'aws-cdk-lib/aws-s3vectors';
import { Construct } from 'constructs';
import type { Owner } from '../core/owner';
import { countBetween, dnsLabel, integer, matches, oneOf, requireNone, unique } from '../core/validate';
import { EmbeddingIndexGrants } from './embedding-index-grants';
import type { EmbeddingStore } from './embedding-store';

/** Properties for `EmbeddingIndex`. */
export interface EmbeddingIndexProps {
  /** Bucket that holds the index, and its key. */
  readonly store: EmbeddingStore;

  /** Name of the index without its version, 3 to 50 lower-case letters, digits or hyphens. */
  readonly indexName: string;

  /**
   * Version of the index, 1 to 9999. Another embedding model, dimension or metric needs another version: an index cannot be
   * changed. The earlier one is retained for as long as something reads it.
   */
  readonly version: number;

  /** Length of a vector, 1 to 4096. It is given by the embedding model. */
  readonly dimension: number;

  /** Who answers for the index. */
  readonly owner: Owner;

  /**
   * How two vectors are compared. It is given by the embedding model.
   *
   * @default 'cosine'
   */
  readonly metric?: 'cosine' | 'euclidean';

  /**
   * Metadata that is returned and cannot be used in a filter, such as the text itself: up to 10 names.
   *
   * @default - none
   */
  readonly nonFilterableMetadata?: readonly string[];
}

/**
 * One version of an index of embeddings, in Amazon S3 Vectors.
 *
 * Encrypted with the key of its store; retained when its stack is deleted. Costs nothing at rest but the storage. Does not
 * compute embeddings.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors.html
 */
export class EmbeddingIndex extends Construct {
  /** Name of the index with its version, for example `articles-v3`. */
  public readonly indexName: string;
  /** ARN of the index. */
  public readonly indexArn: string;
  /** Length of a vector. */
  public readonly dimension: number;
  /** The CloudFormation resource. */
  public readonly resource: CfnIndex;
  /** Permissions that others can hold on this index. */
  public readonly grants: EmbeddingIndexGrants;

  constructor(scope: Construct, id: string, props: EmbeddingIndexProps) {
    super(scope, id);
    const { indexName, version, dimension, store, owner, metric = 'cosine', nonFilterableMetadata = [] } = props;
    requireNone(
      this,
      dnsLabel('indexName', indexName, 50),
      integer('version', version, 1, 9999, 'versions'),
      integer('dimension', dimension, 1, 4096, 'numbers'),
      oneOf('metric', metric, ['cosine', 'euclidean']),
      countBetween('nonFilterableMetadata', nonFilterableMetadata.length, 0, 10, 'names'),
      unique('nonFilterableMetadata', nonFilterableMetadata),
      nonFilterableMetadata.flatMap((name, index) =>
        matches(`nonFilterableMetadata[${index}]`, name, /^.{1,63}$/s, '1 to 63 characters'),
      ),
    );

    this.indexName = `${indexName}-v${version}`;
    this.dimension = dimension;
    this.resource = new CfnIndex(this, 'Resource', {
      vectorBucketArn: store.resource.attrVectorBucketArn,
      indexName: this.indexName,
      dataType: 'float32',
      dimension,
      distanceMetric: metric,
      encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: store.encryptionKey.keyArn },
      metadataConfiguration:
        nonFilterableMetadata.length > 0 ? { nonFilterableMetadataKeys: [...nonFilterableMetadata] } : undefined,
      tags: [{ key: 'data-owner', value: owner.team }],
    });
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.indexArn = this.resource.attrIndexArn;
    this.grants = new EmbeddingIndexGrants(this.indexArn, store.encryptionKey);
  }
}
