import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FeatureGroup, type FeatureGroupProps, type FeatureType } from '../../../constructs/features';
import { fixture, resources, statements } from './fixture';

const GROUP = 'AWS::SageMaker::FeatureGroup';

function group(overrides: Partial<FeatureGroupProps> = {}) {
  const { stack, props } = fixture();
  new FeatureGroup(stack, 'Customers', { ...props, ...overrides });
  return resources(stack, GROUP)[0]!['Properties'] as Record<string, unknown>;
}

const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };

const features = (count: number): Record<string, FeatureType> =>
  Object.fromEntries([
    ['customer_id', 'string'],
    ['at', 'string'],
    ...Array.from({ length: count - 2 }, (_, n) => [`f${n}`, 'string']),
  ]);

function granted(grant: (featureGroup: FeatureGroup, role: Role) => void): unknown[] {
  const { stack, props } = fixture();
  const role = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  grant(new FeatureGroup(stack, 'Customers', props), role);
  return statements(stack, 'Reader');
}

const arn = 'arn:aws:sagemaker:eu-west-1:111122223333:feature-group/acme-customers';

const decrypt = (service: string) => ({
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Resource: key,
  Condition: { StringEquals: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` } },
});

describe('FeatureGroup', () => {
  test('declares its features in order, with the types of the service', () => {
    expect(group()).toMatchObject({
      FeatureGroupName: 'acme-customers',
      Description: 'What a customer did last month',
      RecordIdentifierFeatureName: 'customer_id',
      EventTimeFeatureName: 'at',
      FeatureDefinitions: [
        { FeatureName: 'customer_id', FeatureType: 'String' },
        { FeatureName: 'at', FeatureType: 'Fractional' },
        { FeatureName: 'orders', FeatureType: 'Integral' },
        { FeatureName: 'spend', FeatureType: 'Fractional' },
      ],
      Tags: [{ Key: 'data-owner', Value: 'growth' }],
    });
  });

  test('is online, encrypted with the key of the store, in the case of the service', () => {
    expect(group()['OnlineStoreConfig']).toEqual({
      EnableOnlineStore: true,
      StorageType: 'Standard',
      SecurityConfig: { KmsKeyId: key },
    });
  });

  test('is offline as an encrypted Iceberg table of the database of the store', () => {
    expect(group()['OfflineStoreConfig']).toEqual({
      TableFormat: 'Iceberg',
      S3StorageConfig: {
        S3Uri: { 'Fn::Join': ['', ['s3://', { Ref: expect.stringMatching(/^StoreOffline/) }, '/acme-customers']] },
        KmsKeyId: key,
      },
      DataCatalogConfig: { Catalog: 'AwsDataCatalog', Database: 'acme_features', TableName: 'acme_customers' },
    });
  });

  test('forgets online records when asked to', () => {
    expect(group({ timeToLive: Duration.days(30) })['OnlineStoreConfig']).toMatchObject({
      TtlDuration: { Unit: 'Seconds', Value: 2_592_000 },
    });
  });

  test('can do without one of the stores', () => {
    expect(group({ online: false })).not.toHaveProperty('OnlineStoreConfig');
    expect(group({ offline: false })).not.toHaveProperty('OfflineStoreConfig');
  });

  test('stays when its stack goes', () => {
    const { stack, props } = fixture();
    new FeatureGroup(stack, 'Customers', props);
    expect(resources(stack, GROUP)[0]).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('waits for the permissions of the role', () => {
    const { stack, props } = fixture();
    new FeatureGroup(stack, 'Customers', props);
    expect(resources(stack, GROUP)[0]!['DependsOn']).toContainEqual(expect.stringMatching(/^StoreRoleDefaultPolicy/));
  });
});

describe('refuses', () => {
  test.each<[string, Partial<FeatureGroupProps>]>([
    ['InvalidFormat', { featureGroupName: 'Acme' }],
    ['InvalidFormat', { featureGroupName: 'acme_customers' }],
    ['InvalidFormat', { featureGroupName: `a${'b'.repeat(64)}` }],
    ['InvalidFormat', { description: '' }],
    ['InvalidFormat', { description: 'x'.repeat(129) }],
    ['CountOutOfRange', { features: features(2501) }],
    ['CountOutOfRange', { features: { at: 'string' }, recordIdentifier: 'at', eventTime: 'at' }],
    ['InvalidFormat', { features: { ...features(2), 'a feature': 'string' } }],
    ['InvalidFormat', { features: { ...features(2), [`f${'x'.repeat(64)}`]: 'string' } }],
    ['UnknownValue', { features: { ...features(2), f: 'boolean' as FeatureType } }],
    ['ReservedFeature', { features: { ...features(2), Is_Deleted: 'string' } }],
    ['DuplicateColumn', { features: { ...features(2), AT: 'string' } }],
    ['UnknownFeature', { recordIdentifier: 'id' }],
    ['UnknownFeature', { eventTime: 'when' }],
    ['EventTimeType', { eventTime: 'orders' }],
    ['EventTimeIsIdentifier', { eventTime: 'customer_id' }],
    ['DurationOutOfRange', { timeToLive: Duration.millis(500) }],
    ['DurationOutOfRange', { timeToLive: Duration.days(5 * 365 + 1) }],
    ['NoStore', { online: false, offline: false }],
    ['TimeToLiveWithoutOnline', { online: false, timeToLive: Duration.days(1) }],
  ])('%s', (code, overrides) => {
    expect(() => group(overrides)).toThrow(new RegExp(`\\[${code}, at Test/Customers\\]`));
  });

  test.each([2, 2500])('nothing about %d features', (count) => {
    expect(group({ features: features(count) })['FeatureDefinitions']).toHaveLength(count);
  });

  test('every problem at once', () => {
    expect(() => group({ featureGroupName: 'A', recordIdentifier: 'id', description: '' })).toThrow(
      /featureGroupName[^]*description[^]*recordIdentifier/,
    );
  });
});

describe('grants', () => {
  test('readOnline covers this group alone', () => {
    expect(granted((customers, role) => customers.grants.readOnline(role).assertSuccess())).toEqual([
      { Effect: 'Allow', Action: ['sagemaker:BatchGetRecord', 'sagemaker:GetRecord'], Resource: arn },
      decrypt('sagemaker'),
    ]);
  });

  test('ingest writes and cannot read', () => {
    expect(granted((customers, role) => customers.grants.ingest(role).assertSuccess())).toEqual([
      { Effect: 'Allow', Action: 'sagemaker:PutRecord', Resource: arn },
      decrypt('sagemaker'),
    ]);
  });

  test('readOffline covers the prefix and the table of this group', () => {
    const bucket = { 'Fn::GetAtt': [expect.stringMatching(/^StoreOffline/), 'Arn'] };
    expect(granted((customers, role) => customers.grants.readOffline(role).assertSuccess())).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [bucket, '/acme-customers/*']] } },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: bucket,
        Condition: { StringLike: { 's3:prefix': 'acme-customers/*' } },
      },
      {
        Effect: 'Allow',
        Action: ['glue:GetDatabase', 'glue:GetTable'],
        Resource: [
          'arn:aws:glue:eu-west-1:111122223333:catalog',
          'arn:aws:glue:eu-west-1:111122223333:database/acme_features',
          'arn:aws:glue:eu-west-1:111122223333:table/acme_features/acme_customers',
        ],
      },
      decrypt('s3'),
    ]);
  });
});

describe('metrics', () => {
  test.each([
    ['requests', 'Invocations', 'Sum'],
    ['errors', 'Operation5XXErrors', 'Sum'],
    ['throttles', 'ThrottledRequests', 'Sum'],
    ['latency', 'Latency', 'p95'],
  ] as const)('%s is %s of the service', (method, metricName, statistic) => {
    const { stack, props } = fixture();
    expect(new FeatureGroup(stack, 'Customers', props).metrics[method]('GetRecord')).toMatchObject({
      namespace: 'AWS/SageMaker/FeatureStore',
      metricName,
      statistic,
      dimensions: { FeatureGroupName: 'acme-customers', OperationName: 'GetRecord' },
    });
  });
});
