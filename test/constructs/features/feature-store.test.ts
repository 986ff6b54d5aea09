import { App, Stack } from 'aws-cdk-lib';
import { EncryptionKey } from '../../../constructs/core';
import { FeatureStore } from '../../../constructs/features';
import { fixture, resources, statements } from './fixture';

describe('FeatureStore', () => {
  test('has an encrypted, versioned bucket that stays', () => {
    const { stack } = fixture();
    expect(resources(stack, 'AWS::S3::Bucket')).toMatchObject([
      {
        DeletionPolicy: 'RetainExceptOnCreate',
        Properties: {
          VersioningConfiguration: { Status: 'Enabled' },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.anything() } },
            ],
          },
        },
      },
    ]);
  });

  test('has a database by the name given', () => {
    const { stack } = fixture();
    expect(resources(stack, 'AWS::Glue::Database')).toMatchObject([
      { Properties: { CatalogId: '111122223333', DatabaseInput: { Name: 'acme_features' } } },
    ]);
  });

  test('lets SageMaker write to this bucket and database, and nowhere else', () => {
    const { stack } = fixture();
    const bucket = { 'Fn::GetAtt': [expect.stringMatching(/^StoreOffline/), 'Arn'] };
    const keys = (pattern: string) => ({ 'Fn::Join': ['', [bucket, pattern]] });
    expect(statements(stack, 'StoreRole')).toEqual([
      { Effect: 'Allow', Action: ['s3:PutObject', 's3:PutObjectAcl'], Resource: keys('/*') },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: keys('/*/metadata/*') },
      {
        Effect: 'Allow',
        Action: ['glue:GetTable', 'glue:UpdateTable'],
        Resource: [
          'arn:aws:glue:eu-west-1:111122223333:catalog',
          'arn:aws:glue:eu-west-1:111122223333:database/acme_features',
          'arn:aws:glue:eu-west-1:111122223333:table/acme_features/*',
        ],
      },
      { Effect: 'Allow', Action: 's3:GetBucketAcl', Resource: bucket },
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: expect.anything() },
    ]);
    expect(resources(stack, 'AWS::IAM::Role')).toMatchObject([
      {
        Properties: {
          AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'sagemaker.amazonaws.com' } }] },
        },
      },
    ]);
  });

  test.each(['', 'Acme', 'acme-features', 'x'.repeat(256)])("refuses the database name '%s'", (databaseName) => {
    const stack = new Stack(new App(), 'Test');
    const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Test' });
    expect(() => new FeatureStore(stack, 'Store', { encryptionKey, databaseName })).toThrow(
      /'databaseName' must be .*InvalidFormat/,
    );
  });
});
