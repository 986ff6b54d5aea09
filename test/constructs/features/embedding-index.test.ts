import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EmbeddingIndex, type EmbeddingIndexProps, EmbeddingStore } from '../../../constructs/features';
import { embeddingFixture, resources, statements } from './fixture';

function index(overrides: Partial<EmbeddingIndexProps> = {}) {
  const { stack, props } = embeddingFixture();
  new EmbeddingIndex(stack, 'Articles', { ...props, ...overrides });
  return resources(stack, 'AWS::S3Vectors::Index')[0]!;
}

const encryption = { SseType: 'aws:kms', KmsKeyArn: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } };

describe('EmbeddingStore', () => {
  test('is encrypted with the key given, and stays', () => {
    const { stack } = embeddingFixture();
    expect(resources(stack, 'AWS::S3Vectors::VectorBucket')).toMatchObject([
      { DeletionPolicy: 'RetainExceptOnCreate', Properties: { EncryptionConfiguration: encryption } },
    ]);
  });

  test('lets S3 Vectors of this account decrypt while it builds an index', () => {
    const { stack } = embeddingFixture();
    const [key] = resources(stack, 'AWS::KMS::Key') as { Properties: { KeyPolicy: { Statement: unknown[] } } }[];
    expect(key!.Properties.KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        StringEquals: { 'aws:SourceAccount': '111122223333' },
        ArnLike: { 'aws:SourceArn': expect.anything() },
      },
    });
  });

  test.each(['ab', 'Acme', 'a.b.c', 'x'.repeat(64)])("refuses the bucket name '%s'", (bucketName) => {
    const { stack, encryptionKey } = embeddingFixture();
    expect(() => new EmbeddingStore(stack, 'Other', { encryptionKey, bucketName })).toThrow(
      /'bucketName'.*InvalidFormat/,
    );
  });
});

describe('EmbeddingIndex', () => {
  test('is named by its version, compares by cosine, is encrypted and stays', () => {
    expect(index()).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        IndexName: 'articles-v1',
        DataType: 'float32',
        Dimension: 384,
        DistanceMetric: 'cosine',
        EncryptionConfiguration: encryption,
      },
    });
  });

  test('another version is another index of the same bucket', () => {
    const { stack, props } = embeddingFixture();
    new EmbeddingIndex(stack, 'ArticlesV1', props);
    new EmbeddingIndex(stack, 'ArticlesV2', { ...props, version: 2, dimension: 768, metric: 'euclidean' });
    expect(resources(stack, 'AWS::S3Vectors::Index')).toMatchObject([
      { Properties: { IndexName: 'articles-v1' } },
      { Properties: { IndexName: 'articles-v2', Dimension: 768, DistanceMetric: 'euclidean' } },
    ]);
    expect(resources(stack, 'AWS::S3Vectors::VectorBucket')).toHaveLength(1);
  });

  test('keeps metadata out of filters when asked to', () => {
    expect(index({ nonFilterableMetadata: ['text'] })).toMatchObject({
      Properties: { MetadataConfiguration: { NonFilterableMetadataKeys: ['text'] } },
    });
    expect(index()['Properties']).not.toHaveProperty('MetadataConfiguration');
  });

  test.each<[string, Partial<EmbeddingIndexProps>]>([
    ['InvalidName', { indexName: 'Articles' }],
    ['InvalidName', { indexName: 'x'.repeat(51) }],
    ['IntegerOutOfRange', { version: 0 }],
    ['IntegerOutOfRange', { version: 10_000 }],
    ['IntegerOutOfRange', { dimension: 0 }],
    ['IntegerOutOfRange', { dimension: 4097 }],
    ['UnknownValue', { metric: 'dot' as 'cosine' }],
    ['CountOutOfRange', { nonFilterableMetadata: Array.from({ length: 11 }, (_, n) => `k${n}`) }],
    ['DuplicateValue', { nonFilterableMetadata: ['text', 'text'] }],
    ['InvalidFormat', { nonFilterableMetadata: [''] }],
  ])('refuses %s %j', (code, overrides) => {
    expect(() => index(overrides)).toThrow(new RegExp(`\\[${code}, at Test/Articles\\]`));
  });

  test.each([1, 4096])('accepts dimension %d', (dimension) => {
    expect(index({ dimension })).toMatchObject({ Properties: { Dimension: dimension } });
  });

  test.each([
    ['query', ['s3vectors:GetVectors', 's3vectors:QueryVectors'], 'kms:Decrypt'],
    ['put', 's3vectors:PutVectors', ['kms:Decrypt', 'kms:GenerateDataKey']],
  ] as const)('grants.%s covers this index and its key', (method, actions, keyActions) => {
    const { stack, props } = embeddingFixture();
    const role = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    new EmbeddingIndex(stack, 'Articles', props).grants[method](role).assertSuccess();
    expect(statements(stack, 'Reader')).toEqual([
      {
        Effect: 'Allow',
        Action: actions,
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Articles/), 'IndexArn'] },
      },
      { Effect: 'Allow', Action: keyActions, Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } },
    ]);
  });
});
