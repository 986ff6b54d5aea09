import { Template } from 'aws-cdk-lib/assertions';
import { GpuNodePool } from '../../../constructs/cluster';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';
import { clusterStack } from './fixture';

const ACCOUNT = '111122223333';
const PLACE = `eu-west-1:${ACCOUNT}`;
const CLUSTER = `arn:aws:eks:${PLACE}:cluster/acme-main`;
const KEY = `arn:aws:kms:${PLACE}:key/cluster`;
const LOGS = `arn:aws:logs:${PLACE}:log-group`;
const CHARTS = 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-west-1';

const { stack, cluster } = clusterStack();
new GpuNodePool(stack, 'Gpu', { cluster, maxGpus: 1 });
const template = Template.fromStack(stack);

/** What each resource is called once it is there. */
const VALUES = Object.fromEntries([
  ['AWS::Partition', 'aws'],
  ...named('AWS::EKS::Cluster', (id) => [
    [id, 'acme-main'],
    [`${id}.Arn`, CLUSTER],
  ]),
  ...named('AWS::KMS::Key', (id) => [[`${id}.Arn`, KEY]]),
  ...named('AWS::Logs::LogGroup', (id) => [[`${id}.Arn`, `${LOGS}:${id}:*`]]),
  ...named('AWS::Lambda::Function', (id) => [[`${id}.Arn`, `arn:aws:lambda:${PLACE}:function:${id}`]]),
]) as Record<string, string>;

function named(type: string, entries: (id: string) => string[][]): string[][] {
  return Object.keys(template.findResources(type)).flatMap(entries);
}

/** Statements of the policies of the role whose logical id starts with `role`. */
function identityOf(role: string): readonly unknown[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${role}`))
    .flatMap(({ Properties }) => (resolved(Properties.PolicyDocument, VALUES) as PolicyJson).Statement);
}

const logGroup = (part: string) =>
  Object.keys(template.findResources('AWS::Logs::LogGroup')).find((id) => id.includes(part));

/** Policy of the only key. */
const [keyPolicy] = Object.values(template.findResources('AWS::KMS::Key')).map(
  ({ Properties }) => resolved(Properties.KeyPolicy, VALUES) as PolicyJson,
);

type Row = [does: string, action: string, resource: string, expected: string, context?: Record<string, string>];

function table(role: string, rows: Row[]): void {
  const identity = identityOf(role);
  test('has permissions to look at', () => expect(identity).not.toEqual([]));
  test.each(rows)('%s', async (_, action, resource, expected, context) => {
    const principal = `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/session`;
    const resourcePolicy = resource === KEY ? keyPolicy : undefined;
    const call = { principal, action, resource, identity, context, resourcePolicy, owner: ACCOUNT };
    expect(await simulate(call)).toBe(expected);
  });
}

describe('the function that applies manifests', () => {
  table('ClusterDeployerRole', [
    ['describes its cluster', 'eks:DescribeCluster', CLUSTER, 'Allowed'],
    ['reads a chart', 's3:GetObject', `${CHARTS}/chart.zip`, 'Allowed'],
    ['writes its log', 'logs:PutLogEvents', `${LOGS}:${logGroup('Deployments')}:log-stream:one`, 'Allowed'],
    ['describes no other cluster', 'eks:DescribeCluster', `${CLUSTER}-2`, 'ImplicitlyDenied'],
    ['changes no access to the cluster', 'eks:CreateAccessEntry', CLUSTER, 'ImplicitlyDenied'],
    ['deletes no cluster', 'eks:DeleteCluster', CLUSTER, 'ImplicitlyDenied'],
    ['replaces no chart', 's3:PutObject', `${CHARTS}/chart.zip`, 'ImplicitlyDenied'],
    ['lists no charts', 's3:ListBucket', CHARTS, 'ImplicitlyDenied'],
    ['reads no other bucket', 's3:GetObject', 'arn:aws:s3:::acme-ml-artifacts/model.tar.gz', 'ImplicitlyDenied'],
    ['decrypts nothing', 'kms:Decrypt', KEY, 'ImplicitlyDenied'],
    [
      'writes no audit log',
      'logs:PutLogEvents',
      `${LOGS}:${logGroup('ControlPlane')}:log-stream:one`,
      'ImplicitlyDenied',
    ],
    ['deletes no log', 'logs:DeleteLogGroup', `${LOGS}:${logGroup('Deployments')}:*`, 'ImplicitlyDenied'],
    ['takes no other role', 'sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/admin`, 'ImplicitlyDenied'],
    ['hands on no role', 'iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/admin`, 'ImplicitlyDenied'],
  ]);
});

describe('the CloudWatch agent', () => {
  const namespace = (name: string) => ({ 'cloudwatch:namespace': name });
  const stream = (name: string) => `${LOGS}:/aws/containerinsights/${name}/application:log-stream:pod`;
  table('ClusterAddOnsObservabilityRole', [
    ['writes the logs of its cluster', 'logs:PutLogEvents', stream('acme-main'), 'Allowed'],
    ['writes container metrics', 'cloudwatch:PutMetricData', '*', 'Allowed', namespace('ContainerInsights')],
    ['writes no logs of another cluster', 'logs:PutLogEvents', stream('other'), 'ImplicitlyDenied'],
    [
      'writes no metrics of the platform',
      'cloudwatch:PutMetricData',
      '*',
      'ImplicitlyDenied',
      namespace('Groundplane'),
    ],
    ['reads no logs', 'logs:GetLogEvents', stream('acme-main'), 'ImplicitlyDenied'],
    ['silences no alarm', 'cloudwatch:DisableAlarmActions', `arn:aws:cloudwatch:${PLACE}:alarm:a`, 'ImplicitlyDenied'],
  ]);
});

describe('the role of the cluster, beyond the managed policies of Auto Mode', () => {
  const forDisk = { 'kms:GrantIsForAWSResource': 'true' };
  table('ClusterRole', [
    ['encrypts disks with the key of the cluster', 'kms:GenerateDataKeyWithoutPlaintext', KEY, 'Allowed'],
    ['lets EC2 use it', 'kms:CreateGrant', KEY, 'Allowed', forDisk],
    ['lets nobody else use it', 'kms:CreateGrant', KEY, 'ImplicitlyDenied', { 'kms:GrantIsForAWSResource': 'false' }],
    ['uses no other key', 'kms:Decrypt', `arn:aws:kms:${PLACE}:key/data`, 'ImplicitlyDenied'],
    ['changes no key', 'kms:PutKeyPolicy', KEY, 'ImplicitlyDenied'],
    ['deletes no key', 'kms:ScheduleKeyDeletion', KEY, 'ImplicitlyDenied'],
  ]);
});

test('nodes have no permission but the two managed policies', () => {
  expect(identityOf('ClusterNodeRole')).toEqual([]);
  expect(identityOf('ClusterGeneralPoolNodeRole')).toEqual([]);
  expect(identityOf('GpuNodeRole')).toEqual([]);
});
