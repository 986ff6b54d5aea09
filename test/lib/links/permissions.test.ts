import { App, type Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AuditStack } from '../../../lib/account/audit-stack';
import { RegistryStack } from '../../../lib/control-plane/registry-stack';
import { ArtifactReplicationStack } from '../../../lib/links/artifact-replication-stack';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';
import { cellInput } from '../data-plane/fixture';

const HERE = 'eu-west-1:123456789012';
const KEYS = `arn:aws:kms:${HERE}:key/`;
const UUID = '00000000-0000-0000-0000-000000000000';
const ARTIFACTS = 'arn:aws:s3:::acme-ml-artifacts-123456789012-eu-west-1';
const REPLICA = 'arn:aws:s3:::acme-ml-main-art-123456789012-eu-west-1';
const ACCOUNT_DECIDES: PolicyJson = {
  Statement: [
    { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*', Resource: '*' },
  ],
};

type Call = readonly [action: string, resource: string, context?: Readonly<Record<string, string | string[]>>];

/** What no role of these stacks may do: the usual ways to more power, or to leave no trace. */
const ESCALATIONS: readonly Call[] = [
  ['iam:PassRole', 'arn:aws:iam::123456789012:role/admin'],
  ['sts:AssumeRole', 'arn:aws:iam::123456789012:role/admin'],
  ['iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/admin'],
  ['lambda:UpdateFunctionCode', `arn:aws:lambda:${HERE}:function:any`],
  ['kms:PutKeyPolicy', `${KEYS}${UUID}`],
  ['kms:CreateGrant', `${KEYS}${UUID}`],
  ['s3:PutBucketPolicy', ARTIFACTS],
  ['s3:DeleteObjectVersion', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
  ['cloudtrail:StopLogging', `arn:aws:cloudtrail:${HERE}:trail/acme-ml-eu-west-1`],
  ['logs:DeleteLogGroup', `arn:aws:logs:${HERE}:log-group:any`],
  ['dynamodb:PutItem', `arn:aws:dynamodb:${HERE}:table/acme-ml-decisions`],
  ['sagemaker:CreateModelPackage', `arn:aws:sagemaker:${HERE}:model-package/acme-ml-iris`],
];

/** Statements of the role whose logical id starts with `role`. */
function identity(stack: Stack, role: string, values: Readonly<Record<string, string>> = {}): readonly unknown[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .filter((policy) => policy['Properties'].Roles[0].Ref.startsWith(role))
    .flatMap(
      (policy) =>
        (resolved(policy['Properties'].PolicyDocument, { 'AWS::Partition': 'aws', ...values }) as PolicyJson).Statement,
    );
}

/** Calls that end otherwise than they should. */
async function surprises(statements: readonly unknown[], allowed: readonly Call[], denied: readonly Call[]) {
  const judge = async ([action, resource, context = {}]: Call, expected: boolean) => {
    const resourcePolicy = action.startsWith('kms:') ? ACCOUNT_DECIDES : undefined;
    const principal = 'arn:aws:sts::123456789012:assumed-role/role/session';
    const verdict = await simulate({ principal, action, resource, context, identity: statements, resourcePolicy });
    return (verdict === 'Allowed') === expected ? [] : [`${action} on ${resource}: ${verdict}`];
  };
  const refused = [...denied, ...ESCALATIONS];
  const verdicts = [...allowed.map((call) => judge(call, true)), ...refused.map((call) => judge(call, false))];
  return (await Promise.all(verdicts)).flat();
}

const key = (alias: string) => ({ 'kms:ResourceAliases': [alias] });
const stream = (name: string) => `arn:aws:logs:${HERE}:log-group:events:log-stream:${name}`;

function stage(): Stage {
  return new Stage(new App(), 'Test');
}

test('the copying function reads registered artefacts, adds to one replica, and nothing else', async () => {
  const stack = new ArtifactReplicationStack(stage(), 'ArtifactReplication', { input: cellInput() });
  const artifact = '/models/iris/1.0.0/model.tar.gz';
  expect(
    await surprises(
      identity(stack, 'ReplicationHandler'),
      [
        ['s3:GetObject', `${ARTIFACTS}${artifact}`],
        ['s3:PutObject', `${REPLICA}${artifact}`],
        ['s3:AbortMultipartUpload', `${REPLICA}${artifact}`],
        ['s3:ListBucket', REPLICA],
        ['kms:Decrypt', `${KEYS}${UUID}`, key('alias/acme-ml-registry')],
        ['kms:GenerateDataKey', `${KEYS}${UUID}`, key('alias/acme-ml-main-data')],
      ],
      [
        ['s3:GetObject', `${ARTIFACTS}/work/iris/e1/model.tar.gz`],
        ['s3:PutObject', `${ARTIFACTS}${artifact}`],
        ['s3:PutObject', `${REPLICA}/work/a`],
        ['s3:DeleteObject', `${REPLICA}${artifact}`],
        ['kms:GenerateDataKey', `${KEYS}${UUID}`, key('alias/acme-ml-registry')],
        ['kms:Decrypt', `${KEYS}${UUID}`, key('alias/acme-ml-audit')],
        ['kms:Sign', `${KEYS}${UUID}`, key('alias/acme-ml-artifact-signing')],
      ],
    ),
  ).toEqual([]);
});

test('MLflow reads and writes experiments and nothing else', async () => {
  const stack = new RegistryStack(stage(), 'Registry', { input: cellInput() });
  const template = Template.fromStack(stack);
  const idOf = (type: string, prefix: string) =>
    Object.keys(template.findResources(type)).find((id) => id.startsWith(prefix));
  const values = {
    [`${idOf('AWS::S3::Bucket', 'ModelsArtifacts')}.Arn`]: ARTIFACTS,
    [`${idOf('AWS::KMS::Key', 'Key')}.Arn`]: `${KEYS}${UUID}`,
  };
  expect(
    await surprises(
      identity(stack, 'ModelsExperimentsRole', values),
      [
        ['s3:GetObject', `${ARTIFACTS}/experiments/1/a`],
        ['s3:PutObject', `${ARTIFACTS}/experiments/1/a`],
        ['s3:ListBucket', ARTIFACTS, { 's3:prefix': 'experiments/1' }],
        ['kms:GenerateDataKey', `${KEYS}${UUID}`],
      ],
      [
        ['s3:GetObject', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
        ['s3:PutObject', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
        ['s3:PutObject', `${ARTIFACTS}/work/iris/e1/model.tar.gz`],
        ['s3:ListBucket', ARTIFACTS],
        ['kms:GenerateDataKey', `${KEYS}11111111-0000-0000-0000-000000000000`],
      ],
    ),
  ).toEqual([]);
});

test('CloudTrail writes its own log streams and nothing else', async () => {
  const input = cellInput();
  const stack = new AuditStack(stage(), 'Audit', { input: { ...input, names: input.contract.accounts[0]! } });
  const [group] = Object.keys(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
  expect(
    await surprises(
      identity(stack, 'TrailDeliveryRole', { [group!]: 'events' }),
      [
        ['logs:PutLogEvents', stream('123456789012_CloudTrail_eu-west-1')],
        ['logs:CreateLogStream', stream('123456789012_CloudTrail_eu-west-1_2')],
      ],
      [
        ['logs:PutLogEvents', stream('other')],
        ['logs:DeleteLogStream', stream('123456789012_CloudTrail_eu-west-1')],
      ],
    ),
  ).toEqual([]);
});
