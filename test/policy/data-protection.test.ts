import { ofType } from '../helpers/iam';
import { assembledPlatform, type TemplateResource } from '../helpers/platform';

const { stacks } = assembledPlatform('full');

/** Every resource of `type` in the platform, by `<stack>/<logical id>`. */
const all = (type: string): [string, TemplateResource][] =>
  stacks.flatMap((stack) =>
    ofType(stack, type).map(([id, resource]): [string, TemplateResource] => [`${stack.path}/${id}`, resource]),
  );

const without = (type: string, fine: (properties: Readonly<Record<string, unknown>>) => unknown) =>
  all(type)
    .filter(([, resource]) => !fine(resource.Properties ?? {}))
    .map(([id]) => id);

const has = (value: unknown, text: string) => JSON.stringify(value ?? '').includes(text);

/** Types whose loss loses data; what the emulator ignores of them is asserted here. */
const STATEFUL = [
  'AWS::S3::Bucket',
  'AWS::KMS::Key',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::EKS::Cluster',
  'AWS::Cognito::UserPool',
  'AWS::ECR::Repository',
  'AWS::APS::Workspace',
  'AWS::SageMaker::FeatureGroup',
  'AWS::SageMaker::ModelPackageGroup',
  'AWS::CloudTrail::Trail',
  'AWS::Logs::LogGroup',
  'AWS::S3Vectors::VectorBucket',
];

describe('nothing is lost', () => {
  test('whatever holds data outlives its stack', () => {
    const gone = STATEFUL.flatMap((type) => all(type)).filter(
      ([, resource]) => resource.DeletionPolicy !== 'RetainExceptOnCreate' && resource.DeletionPolicy !== 'Retain',
    );
    expect(STATEFUL.flatMap((type) => all(type)).length).toBeGreaterThan(25);
    // The log of the rate limit counters, which live a minute.
    expect(gone.map(([id]) => id)).toEqual([expect.stringContaining('RateLimitStoreSlowLog')]);
  });

  test('every bucket keeps old versions', () => {
    expect(without('AWS::S3::Bucket', (p) => has(p['VersioningConfiguration'], 'Enabled'))).toEqual([]);
  });

  test('every table can be restored to a point in time and resists deletion', () => {
    expect(
      without(
        'AWS::DynamoDB::Table',
        (p) => has(p['PointInTimeRecoverySpecification'], 'true') && p['DeletionProtectionEnabled'],
      ),
    ).toEqual([]);
    expect(all('AWS::DynamoDB::Table').length + all('AWS::DynamoDB::GlobalTable').length).toBeGreaterThan(2);
  });

  test('no table pays for capacity that nobody uses', () => {
    expect(without('AWS::DynamoDB::Table', (p) => p['BillingMode'] === 'PAY_PER_REQUEST')).toEqual([]);
  });

  test('evidence and the log archive are locked', () => {
    const locked = all('AWS::S3::Bucket')
      .filter(([, { Properties }]) => Properties?.['ObjectLockEnabled'] === true)
      .map(([id]) => id);
    expect(locked).toEqual(
      expect.arrayContaining([expect.stringContaining('Audit'), expect.stringContaining('Evidence')]),
    );
  });
});

describe('customer data has a customer key', () => {
  test('buckets, except the one for access logs, where the service allows SSE-S3 only', () => {
    expect(
      without(
        'AWS::S3::Bucket',
        (p) => has(p['BucketEncryption'], 'aws:kms') && has(p['BucketEncryption'], 'KMSMasterKeyID'),
      ),
    ).toEqual([expect.stringContaining('AccessLogs')]);
  });

  test.each([
    ['AWS::DynamoDB::Table', 'SSESpecification', 'KMSMasterKeyId'],
    ['AWS::SNS::Topic', 'KmsMasterKeyId', ''],
    ['AWS::SQS::Queue', 'KmsMasterKeyId', ''],
    ['AWS::Logs::LogGroup', 'KmsKeyId', ''],
    ['AWS::ECR::Repository', 'EncryptionConfiguration', 'KMS'],
    ['AWS::EKS::Cluster', 'EncryptionConfig', 'KeyArn'],
    ['AWS::SageMaker::FeatureGroup', 'OfflineStoreConfig', 'KmsKeyId'],
    ['AWS::ElastiCache::ReplicationGroup', 'KmsKeyId', ''],
    ['AWS::SecretsManager::Secret', 'KmsKeyId', ''],
    ['AWS::APS::Workspace', 'KmsKeyArn', ''],
    ['AWS::Events::EventBus', 'KmsKeyIdentifier', ''],
    ['AWS::CloudTrail::Trail', 'KMSKeyId', ''],
  ])('%s', (type, property, inside) => {
    expect(without(type, (p) => p[property] !== undefined && has(p[property], inside))).toEqual([]);
  });

  test('every key rotates, unless it signs', () => {
    expect(without('AWS::KMS::Key', (p) => p['EnableKeyRotation'] === true || p['KeyUsage'] === 'SIGN_VERIFY')).toEqual(
      [],
    );
  });
});

describe('nothing is open', () => {
  test('every bucket blocks public access and refuses requests without TLS', () => {
    expect(
      without('AWS::S3::Bucket', (p) =>
        ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every((name) =>
          has(p['PublicAccessBlockConfiguration'], `"${name}":true`),
        ),
      ),
    ).toEqual([]);
    expect(all('AWS::S3::Bucket').length).toBeLessThanOrEqual(
      all('AWS::S3::BucketPolicy').filter(([, { Properties }]) => has(Properties, 'aws:SecureTransport')).length,
    );
  });

  test('the cluster has no public endpoint, every control plane log, deletion protection', () => {
    const [[, { Properties }]] = all('AWS::EKS::Cluster') as [[string, TemplateResource]];
    expect(Properties?.['ResourcesVpcConfig']).toMatchObject({
      EndpointPrivateAccess: true,
      EndpointPublicAccess: false,
    });
    expect(Properties?.['DeletionProtection']).toBe(true);
    expect(JSON.stringify(Properties?.['Logging'])).toMatch(/api.*audit.*authenticator.*controllerManager.*scheduler/);
  });

  test('only the load balancer takes traffic from everywhere, and only on 443', () => {
    const open = stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources)
        .filter(([, resource]) => /^AWS::EC2::SecurityGroup(Ingress)?$/.test(resource.Type))
        .flatMap(([id, resource]) =>
          [
            resource.Properties?.['SecurityGroupIngress'] ?? [],
            resource.Type.endsWith('Ingress') ? resource.Properties : [],
          ]
            .flat()
            .map((rule) => ({ id: `${stack.path}/${id}`, rule: rule as Record<string, unknown> })),
        )
        .filter(({ rule }) => rule['CidrIp'] === '0.0.0.0/0' || rule['CidrIpv6'] === '::/0'),
    );
    expect(open.filter(({ id, rule }) => !id.includes('/Edge/') || rule['FromPort'] !== 443)).toEqual([]);
  });

  test('no closed or frozen service is used', () => {
    const closed =
      /^AWS::(CloudTrail::EventDataStore|AuditManager::|AppRunner::|Evidently::|SageMaker::(HumanTaskUi|FlowDefinition))/;
    expect(
      stacks
        .flatMap((stack) => Object.values(stack.template.Resources).map((resource) => resource.Type))
        .filter((type) => closed.test(type)),
    ).toEqual([]);
  });
});
