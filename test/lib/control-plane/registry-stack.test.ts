import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type PlatformConfigInput, platformSchema } from '../../../lib/config/schema';
import { platformContract } from '../../../lib/contract';
import { RegistryStack } from '../../../lib/control-plane/registry-stack';

function make(changes: Partial<PlatformConfigInput> = {}, images: Record<string, string> = {}) {
  const config = platformSchema.parse({
    name: 'acme-ml',
    account: '123456789012',
    region: 'eu-west-1',
    zones: ['eu-west-1a', 'eu-west-1b'],
    domain: 'inference.example.com',
    ...changes,
  });
  const input = { config, contract: platformContract(config), images: { images }, releases: {} };
  const stack = new RegistryStack(new App(), 'Registry', { input });
  return { stack, template: Template.fromStack(stack), names: input.contract.controlPlane };
}

/** Names of all resources of `type`. */
function named(template: Template, type: string, property: string): string[] {
  return Object.values(template.findResources(type)).map((resource) => resource['Properties'][property]);
}

const iris: PlatformConfigInput['models'] = [
  {
    name: 'iris',
    server: 'fastApi',
    training: { dataset: 'iris', datasetVersion: '1.0.0', image: 'iris-training', evaluationImage: 'iris-evaluation' },
    gates: [{ metric: 'accuracy', atLeast: 0.9 }],
  },
];

describe('RegistryStack', () => {
  test('every name is the one of the contract', () => {
    const { template, names } = make();
    expect(named(template, 'AWS::S3::Bucket', 'BucketName')).toEqual([
      names.artifactBucket,
      names.datasetBucket,
      names.promptBucket,
      names.evidenceBucket,
    ]);
    expect(named(template, 'AWS::DynamoDB::Table', 'TableName')).toEqual([
      names.modelTable,
      names.ledgerTable,
      names.reviewTable,
    ]);
    expect(named(template, 'AWS::KMS::Alias', 'AliasName').toSorted()).toEqual(
      [names.signingKeyAlias, names.keyAlias].toSorted(),
    );
    expect(named(template, 'AWS::SageMaker::MlflowApp', 'Name')).toEqual([names.mlflowApp]);
  });

  test('resists deletion', () => {
    expect(make().stack.terminationProtection).toBe(true);
  });

  test('a platform without models has the repository of the predictor and no package group', () => {
    const { template } = make();
    expect(named(template, 'AWS::ECR::Repository', 'RepositoryName')).toEqual(['acme-ml/predictor']);
    template.resourceCountIs('AWS::SageMaker::ModelPackageGroup', 0);
  });

  test('models and locks bring repositories and package groups', () => {
    const { template } = make({ models: iris }, { vllm: `sha256:${'a'.repeat(64)}` });
    expect(named(template, 'AWS::ECR::Repository', 'RepositoryName')).toEqual([
      'acme-ml/iris-evaluation',
      'acme-ml/iris-training',
      'acme-ml/predictor',
      'acme-ml/vllm',
    ]);
    expect(named(template, 'AWS::SageMaker::ModelPackageGroup', 'ModelPackageGroupName')).toEqual(['acme-ml-iris']);
  });

  test('cells of another account pull by name', () => {
    const cell = { name: 'far', account: '210987654321', region: 'eu-west-1', domain: 'far.example.com' };
    const { template } = make({ cells: [{ ...cell, zones: ['eu-west-1a', 'eu-west-1b'] }] });
    template.hasResourceProperties('AWS::ECR::Repository', {
      RepositoryPolicyText: {
        Statement: [
          Match.objectLike({
            Condition: { ArnLike: { 'aws:PrincipalArn': ['arn:*:iam::210987654321:role/acme-ml-far-*'] } },
          }),
        ],
      },
    });
  });

  test('retention, MLflow and break-glass roles come from the configuration', () => {
    const breakGlassRoles = ['arn:aws:iam::123456789012:role/erasure'];
    const { template } = make({ registry: { evidenceRetentionDays: 30, experiments: false, breakGlassRoles } });
    template.resourceCountIs('AWS::SageMaker::MlflowApp', 0);
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 30 } } },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'DenyDelete',
            Condition: { ArnNotLike: { 'aws:PrincipalArn': breakGlassRoles } },
          }),
        ]),
      },
    });
  });
});
