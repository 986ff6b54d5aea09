import { App, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { platformApp } from '../../lib/app';
import { checkHouseRules } from '../../lib/policy/house-rules';
import { HOUSE_RULES } from '../../lib/policy/rules';

type Case = readonly [rule: string, type: string, good: object | undefined, bad: readonly object[]];

const bucket = (SSEAlgorithm: string, name = 'ours') => ({
  BucketName: name,
  BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm } }] },
});
const listener = (Protocol: string, SslPolicy: string) => ({
  LoadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/one/0123456789abcdef',
  DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  Port: 443,
  Protocol,
  SslPolicy,
});
const KmsKeyId = 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';
const TLS = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

const policy = (Effect: string, Action: string | string[]) => ({
  PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action, Resource: 'arn:aws:s3:::ours/data' }] },
});
const role = (name: string) => ({
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  },
  ManagedPolicyArns: [`arn:aws:iam::aws:policy/${name}`],
});
const joined = (name: string) => ({
  ...role(''),
  ManagedPolicyArns: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::aws:policy/${name}`]] }],
});

const CASES: readonly Case[] = [
  ['HOUSE_BUCKET_KEY', 'AWS::S3::Bucket', bucket('aws:kms'), [{ BucketName: 'ours' }, bucket('AES256')]],
  ['HOUSE_BUCKET_KEY', 'AWS::S3::Bucket', bucket('AES256', 'ours-access-logs-1'), []],
  [
    'HOUSE_LISTENER_TLS',
    'AWS::ElasticLoadBalancingV2::Listener',
    listener('HTTPS', TLS),
    [listener('HTTP', TLS), listener('HTTPS', 'ELBSecurityPolicy-2016-08')],
  ],
  [
    'HOUSE_LOG_GROUP',
    'AWS::Logs::LogGroup',
    { RetentionInDays: 30, KmsKeyId },
    [{ KmsKeyId }, { RetentionInDays: 30 }],
  ],
  ['HOUSE_OPEN_SERVICE', 'AWS::CodeCommit::Repository', undefined, [{ RepositoryName: 'ours' }]],
  ['HOUSE_OPEN_SERVICE', 'AWS::CloudTrail::EventDataStore', undefined, [{ Name: 'ours' }]],
  [
    'HOUSE_NAMED_ACTIONS',
    'AWS::IAM::ManagedPolicy',
    policy('Allow', ['s3:GetObject', 's3:List*']),
    [policy('Allow', 's3:*'), policy('Allow', ['s3:GetObject', 'sagemaker:*']), policy('Allow', '*')],
  ],
  ['HOUSE_NAMED_ACTIONS', 'AWS::IAM::ManagedPolicy', policy('Deny', 's3:*'), []],
  [
    'HOUSE_NO_FULL_ACCESS',
    'AWS::IAM::Role',
    role('AWSXRayDaemonWriteAccess'),
    [role('AmazonSageMakerFullAccess'), role('AdministratorAccess'), joined('PowerUserAccess')],
  ],
  ['HOUSE_NO_FULL_ACCESS', 'AWS::IAM::Role', joined('AmazonEKSClusterPolicy'), []],
  ['HOUSE_MESSAGE_KEY', 'AWS::SQS::Queue', { KmsMasterKeyId: KmsKeyId }, [{ QueueName: 'ours' }]],
  ['HOUSE_MESSAGE_KEY', 'AWS::SNS::Topic', { KmsMasterKeyId: KmsKeyId }, [{ TopicName: 'ours' }]],
];

const bad = CASES.flatMap(([rule, type, , all]) => all.map((properties) => ({ rule, type, properties })));
const good = CASES.flatMap(([rule, type, properties]) => (properties ? [{ rule, type, properties }] : []));

/** What one synthesis says about resources inside a stage, one paragraph per finding. */
function findings(): string[] {
  const app = new App({ analyticsReporting: false, context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  checkHouseRules(app);
  const stage = new Stage(app, 'Stage', { env: { account: '123456789012', region: 'eu-west-1' } });
  const add = (kind: string, all: typeof bad) => {
    for (const [index, { type, properties }] of all.entries())
      new CfnResource(new Stack(stage, `${kind}${index}`), 'Resource', { type, properties: { ...properties } });
  };
  add('Bad', bad);
  add('Good', good);
  try {
    app.synth();
    return [];
  } catch (error) {
    return String(error).split(/(?=ERROR )/);
  }
}

describe('house rules, inside a stage', () => {
  test('find what breaks them, and nothing else', () => {
    const house = findings().filter((finding) => finding.includes('HOUSE_'));
    const missed = bad.filter(
      ({ rule }, index) => !house.some((one) => one.includes(rule) && one.includes(`Stage/Bad${index}/`)),
    );
    expect(missed).toEqual([]);
    expect(house.filter((one) => one.includes('Stage/Good'))).toEqual([]);
  });

  test('are attached to the platform', () => {
    const attached = (on: boolean) => {
      const context = { '@aws-cdk/core:validateAgainstDefaultRules': on };
      return platformApp({ analyticsReporting: false, context })._validationPlugins;
    };
    expect(attached(true).length).toBe(attached(false).length + 1);
  });

  test('every rule has a case', () => {
    const rules = HOUSE_RULES.map(({ content }) => /^rule (\w+)/m.exec(content)![1]);
    expect([...new Set(CASES.map(([rule]) => rule))].toSorted()).toEqual(rules.toSorted());
  });
});
