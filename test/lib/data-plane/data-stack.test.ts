import { Template } from 'aws-cdk-lib/assertions';
import type { PlatformConfigInput } from '../../../lib/config/schema';
import { DataStack } from '../../../lib/data-plane/data-stack';
import { cellInput, testApp } from './fixture';

function data(config: Partial<PlatformConfigInput> = {}) {
  const stack = new DataStack(testApp(), 'Data', { input: cellInput(config) });
  return { stack, template: Template.fromStack(stack) };
}

function names(template: Template, type: string, property: string): unknown[] {
  const found = template.findResources(type) as Record<string, { Properties: Record<string, unknown> }>;
  return Object.values(found).map(({ Properties }) => Properties[property]);
}

describe('DataStack', () => {
  test('has the names of the contract and resists deletion', () => {
    const { stack, template } = data();
    expect(stack.stackName).toBe('acme-ml-main-data');
    expect(stack.terminationProtection).toBe(true);
    expect(names(template, 'AWS::S3::Bucket', 'BucketName').toSorted()).toEqual([
      'acme-ml-main-art-123456789012-eu-west-1',
      'acme-ml-main-feat-123456789012-eu-west-1',
    ]);
    expect(names(template, 'AWS::KMS::Alias', 'AliasName')).toEqual(['alias/acme-ml-main-data']);
  });

  test('has no feature group and no vectors unless the configuration asks for them', () => {
    const { template } = data();
    expect(names(template, 'AWS::SageMaker::FeatureGroup', 'FeatureGroupName')).toEqual([]);
    expect(names(template, 'AWS::S3Vectors::VectorBucket', 'VectorBucketName')).toEqual([]);
  });

  test('encrypts both buckets with the key of the cell', () => {
    const { template } = data();
    const text = JSON.stringify(names(template, 'AWS::S3::Bucket', 'BucketEncryption'));
    expect(text.match(/"KMSMasterKeyID":\{"Fn::GetAtt":\["Key/g)).toHaveLength(2);
  });

  test('writes access logs to the bucket of the account', () => {
    const { template } = data();
    expect(names(template, 'AWS::S3::Bucket', 'LoggingConfiguration')).toMatchObject([
      { DestinationBucketName: 'acme-ml-access-logs-123456789012-eu-west-1' },
      { DestinationBucketName: 'acme-ml-access-logs-123456789012-eu-west-1' },
    ]);
  });

  test('defines the groups and indexes of the configuration', () => {
    const { stack, template } = data({
      features: {
        groups: [
          {
            name: 'customers',
            description: 'a customer',
            features: { id: 'string', at: 'string' },
            recordIdentifier: 'id',
            eventTime: 'at',
            timeToLiveSeconds: 3600,
          },
        ],
        embeddings: [
          { name: 'articles', version: 1, dimension: 384 },
          { name: 'articles', version: 2, dimension: 768 },
        ],
      },
    });
    expect(names(template, 'AWS::SageMaker::FeatureGroup', 'FeatureGroupName')).toEqual(['acme-ml-main-customers']);
    expect(names(template, 'AWS::SageMaker::FeatureGroup', 'OnlineStoreConfig')).toMatchObject([
      { TtlDuration: { Unit: 'Seconds', Value: 3600 } },
    ]);
    expect(names(template, 'AWS::S3Vectors::Index', 'IndexName')).toEqual(['articles-v1', 'articles-v2']);
    expect(names(template, 'AWS::S3Vectors::VectorBucket', 'VectorBucketName')).toEqual([
      'acme-ml-main-vec-123456789012-eu-west-1',
    ]);
    expect(Object.keys(stack.featureGroups)).toEqual(['customers']);
    expect(stack.embeddings).toHaveLength(2);
  });

  test('keeps the logical ids of what holds data', () => {
    const { template } = data();
    const types = ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::Glue::Database'];
    expect(types.flatMap((type) => Object.keys(template.findResources(type)))).toEqual([
      'Key961B73FD',
      'ArtifactsBucket88671897',
      'FeaturesOffline809C0A32',
      'FeaturesDatabase2719CCD3',
    ]);
  });
});
