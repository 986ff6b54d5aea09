import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  ArtifactReplica,
  ArtifactReplication,
  type ArtifactReplicationProps,
  EncryptionKey,
} from '../../../constructs';
import { codes } from '../../helpers/codes';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';

const HERE = '123456789012';
const CELL = '210987654321';
const WRITER = `arn:aws:iam::${HERE}:role/acme-main-artifact-replicator`;

function make(changes: Partial<ArtifactReplicationProps> = {}) {
  const stack = new Stack(undefined, 'Links', { env: { account: HERE, region: 'eu-west-1' } });
  new ArtifactReplication(stack, 'Replication', {
    eventBus: EventBus.fromEventBusName(stack, 'Bus', 'acme-delivery'),
    eventSource: 'groundplane.acme',
    source: { bucketName: 'acme-artifacts', account: HERE, region: 'eu-west-1', keyAlias: 'alias/acme-registry' },
    target: { bucketName: 'acme-main-art', account: CELL, region: 'eu-central-1', keyAlias: 'alias/acme-main-data' },
    roleName: 'acme-main-artifact-replicator',
    encryptionKey: new EncryptionKey(stack, 'Key', { description: 'Test' }).allowLogs(),
    owner: { team: 'ml', contact: 'ml@example.com', runbook: 'docs/runbooks.md' },
    ...changes,
  });
  return Template.fromStack(stack);
}

/** Statements of the role of the function. */
function statements(template: Template): readonly unknown[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return resolved(
    policies.flatMap((policy) => policy['Properties'].PolicyDocument.Statement),
    { 'AWS::Partition': 'aws' },
  ) as unknown[];
}

/** Policies of the replica, as S3 and KMS get them. */
function replica() {
  const stack = new Stack(undefined, 'Data', { env: { account: CELL, region: 'eu-central-1' } });
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Test' });
  const writer = { account: HERE, roleName: 'acme-main-artifact-replicator' };
  new ArtifactReplica(stack, 'Artifacts', { encryptionKey, bucketName: 'acme-main-art', writer });
  const template = Template.fromStack(stack);
  const [id] = Object.keys(template.findResources('AWS::S3::Bucket'));
  const [bucketPolicy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  const values = { [`${id}.Arn`]: 'arn:aws:s3:::acme-main-art', 'AWS::Partition': 'aws' };
  return {
    bucket: resolved(bucketPolicy?.['Properties'].PolicyDocument, values) as PolicyJson,
    key: resolved(key?.['Properties'].KeyPolicy, values) as PolicyJson,
  };
}

describe('ArtifactReplication', () => {
  test('listens for registrations on the bus, by name', () => {
    make().hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'acme-delivery',
      EventPattern: { source: ['groundplane.acme'], 'detail-type': ['Model Registered'] },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });

  test('what fails five times waits, encrypted, and raises an alarm with an owner', () => {
    const template = make();
    template.hasResourceProperties('AWS::SQS::Queue', {
      KmsMasterKeyId: Match.anyValue(),
      VisibilityTimeout: Duration.minutes(15).toSeconds(),
      RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: Match.anyValue() },
    });
    template.allResourcesProperties('AWS::SQS::Queue', {
      KmsMasterKeyId: Match.anyValue(),
      MessageRetentionPeriod: Duration.days(14).toSeconds(),
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { BatchSize: 1 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 1,
      AlarmDescription: Match.stringLikeRegexp('Owner: ml .*#artifact-replication$'),
      AlarmActions: Match.absent(),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateAgeOfOldestMessage',
      Threshold: Duration.minutes(20).toSeconds(),
    });
  });

  test('no other rule or account sends to its queues', () => {
    const policies = Object.values(make().findResources('AWS::SQS::QueuePolicy'));
    const allowed = policies
      .flatMap((policy) => policy['Properties'].PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toHaveLength(2);
    for (const statement of allowed) {
      expect(statement).toMatchObject({
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': expect.anything() } },
      });
    }
  });

  test('its role has the name that the replica knows', () => {
    make().hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-main-artifact-replicator' });
  });

  const artifact = 'models/iris/1.0.0/model.tar.gz';
  const read = `arn:aws:s3:::acme-artifacts/${artifact}`;
  const written = `arn:aws:s3:::acme-main-art/${artifact}`;

  test.each([
    ['reads a registered artefact', 's3:GetObject', read, 'Allowed'],
    ['does not read what is not registered', 's3:GetObject', 'arn:aws:s3:::acme-artifacts/work/a', 'ImplicitlyDenied'],
    ['does not write to the registry', 's3:PutObject', read, 'ImplicitlyDenied'],
    ['does not delete there', 's3:DeleteObject', read, 'ImplicitlyDenied'],
  ])('%s', async (_, action, resource, verdict) => {
    expect(await simulate({ principal: WRITER, action, resource, identity: statements(make()) })).toBe(verdict);
  });

  test.each([
    ['adds to the replica of another account', WRITER, 's3:PutObject', { 's3:if-none-match': '*' }, 'Allowed'],
    ['replaces nothing there', WRITER, 's3:PutObject', {}, 'ExplicitlyDenied'],
    ['deletes nothing there', WRITER, 's3:DeleteObject', {}, 'ExplicitlyDenied'],
    [
      'another role of the same account gets nothing',
      `arn:aws:iam::${HERE}:role/other`,
      's3:PutObject',
      { 's3:if-none-match': '*' },
      'ImplicitlyDenied',
    ],
  ])('%s', async (_, principal, action, context, verdict) => {
    const call = { principal, action, resource: written, owner: CELL, resourcePolicy: replica().bucket };
    const both = { 's3:TlsVersion': '1.3', 's3:ObjectCreationOperation': 'true', ...context };
    expect(await simulate({ ...call, context: both, identity: statements(make()) })).toBe(verdict);
  });

  test.each([
    ['the key of the cell', WRITER, 'alias/acme-main-data', 'Allowed'],
    ['no other key', WRITER, 'alias/other', 'ImplicitlyDenied'],
    ['the key, as another role', `arn:aws:iam::${HERE}:role/other`, 'alias/acme-main-data', 'ImplicitlyDenied'],
  ])('uses %s', async (_, principal, alias, verdict) => {
    const resource = `arn:aws:kms:eu-central-1:${CELL}:key/11111111-2222-3333-4444-555555555555`;
    const { key } = replica();
    const judged = await simulate({
      principal,
      action: 'kms:GenerateDataKey',
      resource,
      owner: CELL,
      context: { 'kms:ResourceAliases': [alias] },
      identity: statements(make()),
      resourcePolicy: key,
    });
    expect(judged).toBe(verdict);
  });

  test('refuses names that are none', () => {
    const end = { bucketName: 'b', account: HERE, region: 'eu-west-1', keyAlias: 'key' };
    expect(codes(() => make({ roleName: 'a b' }))).toEqual(['InvalidFormat']);
    expect(codes(() => make({ source: end, target: end }))).toEqual(['InvalidFormat', 'InvalidFormat']);
  });
});

test('ArtifactReplica refuses a writer without an account', () => {
  const stack = new Stack();
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Test' });
  const writer = { account: 'x', roleName: 'r' };
  expect(codes(() => new ArtifactReplica(stack, 'Artifacts', { encryptionKey, writer }))).toEqual(['InvalidFormat']);
});
