import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ModelRegistry, type ModelRegistryProps } from '../../../constructs';
import { codes } from '../../helpers/codes';

function make(props: ModelRegistryProps = {}) {
  const stack = new Stack();
  return { stack, registry: new ModelRegistry(stack, 'Registry', props) };
}

/** Actions that `grant` gives, by sorted list. */
function granted(grant: (registry: ModelRegistry, role: Role) => void): string[] {
  const { stack, registry } = make({ experiments: false });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  grant(registry, role);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements = policies.flatMap((policy) => policy['Properties'].PolicyDocument.Statement);
  return [...new Set(statements.flatMap((statement) => statement.Action))].toSorted();
}

const KEY_OF_TABLE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

describe('ModelRegistry', () => {
  test('defines four stores, one table, two keys and MLflow', () => {
    const template = Template.fromStack(make().stack);
    template.resourceCountIs('AWS::S3::Bucket', 4);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::KMS::Key', 2);
    template.resourceCountIs('AWS::SageMaker::MlflowApp', 1);
    template.resourceCountIs('AWS::ECR::Repository', 0);
  });

  test('the table survives mistakes and answers what is live where', () => {
    Template.fromStack(make().stack).hasResource('AWS::DynamoDB::Table', {
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          Match.objectLike({
            IndexName: 'live',
            KeySchema: [
              { AttributeName: 'cell', KeyType: 'HASH' },
              { AttributeName: 'name', KeyType: 'RANGE' },
            ],
          }),
        ],
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test('takes names, a key and a retention', () => {
    const stack = new Stack();
    new ModelRegistry(stack, 'Registry', {
      prefix: 'acme',
      encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1'),
      evidenceRetention: Duration.days(30),
      names: { artifactBucket: 'acme-artifacts', modelTable: 'acme-models', signingKeyAlias: 'alias/acme-signing' },
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::S3::Bucket', { BucketName: 'acme-artifacts' });
    template.hasResourceProperties('AWS::DynamoDB::Table', { TableName: 'acme-models' });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-signing' });
    template.hasResourceProperties('AWS::SageMaker::MlflowApp', { Name: 'acme-experiments' });
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 30 } } },
    });
  });

  test('does without MLflow', () => {
    const { stack, registry } = make({ experiments: false });
    expect(registry.experiments).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::SageMaker::MlflowApp', 0);
  });

  test('repositories and package groups are defined once each', () => {
    const { stack, registry } = make({ prefix: 'acme' });
    expect(registry.repository('predictor')).toBe(registry.repository('predictor'));
    expect(registry.modelPackageGroup('iris')).toBe(registry.modelPackageGroup('iris'));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ECR::Repository', 1);
    template.hasResourceProperties('AWS::ECR::Repository', { RepositoryName: 'acme/predictor' });
    template.hasResourceProperties('AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupName: 'acme-iris' });
  });

  test('imageReaders reach every repository', () => {
    const principalArns = ['arn:*:iam::210987654321:role/acme-*'];
    const { stack, registry } = make({ imageReaders: [{ account: '210987654321', principalArns }] });
    registry.repository('predictor');
    Template.fromStack(stack).hasResourceProperties('AWS::ECR::Repository', {
      RepositoryPolicyText: {
        Statement: [Match.objectLike({ Condition: { ArnLike: { 'aws:PrincipalArn': principalArns } } })],
      },
    });
  });

  test.each([
    [{ prefix: 'A' }, ['InvalidName']],
    [{ evidenceRetention: Duration.hours(23) }, ['DurationOutOfRange']],
    [{ evidenceRetention: Duration.days(3651) }, ['DurationOutOfRange']],
    [{ evidenceRetention: Duration.days(1) }, []],
    [{ evidenceRetention: Duration.days(3650) }, []],
  ])('%j', (props, expected) => {
    expect(codes(() => make(props))).toEqual(expected);
  });

  test('refuses a model name that is none', () => {
    const { registry } = make();
    expect(codes(() => registry.modelPackageGroup('Iris'))).toEqual(['InvalidName']);
    expect(codes(() => registry.repository('x'))).toEqual(['InvalidName']);
  });
});

describe('ModelRegistryGrants', () => {
  test('read looks up and does not write', () => {
    expect(granted((registry, role) => registry.grants.read(role))).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      ...KEY_OF_TABLE,
    ]);
  });

  test('register writes a version, its artefact and its signature, and changes none', () => {
    expect(granted((registry, role) => registry.grants.register(role))).toEqual([
      'dynamodb:ConditionCheckItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      ...KEY_OF_TABLE,
      'kms:Sign',
      's3:AbortMultipartUpload',
      's3:GetObject',
      's3:GetObjectAttributes',
      's3:GetObjectVersion',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });

  test('release moves a version and does not sign', () => {
    expect(granted((registry, role) => registry.grants.release(role))).toEqual([
      'dynamodb:ConditionCheckItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      ...KEY_OF_TABLE,
    ]);
  });
});

describe('ExperimentTracking', () => {
  test('its role reaches experiments and nothing else; models are not registered by MLflow', () => {
    const { stack } = make();
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SageMaker::MlflowApp', {
      ModelRegistrationMode: 'AutoModelRegistrationDisabled',
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'sagemaker.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
      ManagedPolicyArns: Match.absent(),
    });
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const text = JSON.stringify(policy?.['Properties'].PolicyDocument);
    expect(text).toContain('/experiments/*');
    expect(text).not.toMatch(/sagemaker:|models\//);
  });

  test('grantUse calls the app', () => {
    const { stack, registry } = make();
    const role = new Role(stack, 'User', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    registry.experiments?.grantUse(role).assertSuccess();
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Action: ['sagemaker:CallMlflowAppApi', 'sagemaker:DescribeMlflowApp'] })],
      },
    });
  });
});
