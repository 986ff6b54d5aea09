import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { RateLimitStore, type RateLimitStoreProps } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { ENV, key } from './fixture';

function store(overrides: Partial<RateLimitStoreProps> = {}) {
  const stack = new Stack(new App(), 'Edge', { env: ENV });
  const vpc = new Vpc(stack, 'Vpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'], natGateways: 1 });
  const clientSecurityGroup = new SecurityGroup(stack, 'Nodes', { vpc });
  const created = new RateLimitStore(stack, 'Store', {
    vpc,
    clientSecurityGroup,
    encryptionKey: key(stack),
    ...overrides,
  });
  return { stack, store: created };
}

const GROUP = 'AWS::ElastiCache::ReplicationGroup';

test('Valkey 8 on two nodes in two zones with failover, not in cluster mode', () => {
  Template.fromStack(store().stack).hasResourceProperties(GROUP, {
    Engine: 'valkey',
    EngineVersion: '8.0',
    ClusterMode: 'disabled',
    CacheNodeType: 'cache.t4g.micro',
    NumCacheClusters: 2,
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
  });
});

test('TLS, a token, a customer key, another port than usual', () => {
  Template.fromStack(store().stack).hasResourceProperties(GROUP, {
    TransitEncryptionEnabled: true,
    TransitEncryptionMode: 'required',
    AtRestEncryptionEnabled: true,
    KmsKeyId: { Ref: Match.stringLikeRegexp('^Key') },
    Port: 6380,
    AuthToken: Match.objectLike({ 'Fn::Join': Match.anyValue() }),
  });
});

test('the token is random, long, encrypted with the key, and stands in no template', () => {
  const template = Template.fromStack(store().stack);
  template.hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    KmsKeyId: Match.anyValue(),
  });
  const token = Object.values(template.findResources(GROUP))[0]!['Properties'].AuthToken;
  expect(JSON.stringify(token)).toContain('{{resolve:secretsmanager:');
});

test('only the nodes of the cluster can connect', () => {
  const template = Template.fromStack(store().stack);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Shared counters of the inference gateway',
    SecurityGroupIngress: Match.absent(),
  });
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6380, ToPort: 6380 });
});

test('what a controller needs to know', () => {
  const { stack, store: created } = store();
  expect(created.port).toBe(6380);
  expect(stack.resolve(created.host)).toEqual({
    'Fn::GetAtt': [expect.stringContaining('Store'), 'PrimaryEndPoint.Address'],
  });
});

test('nothing is kept: counters live a minute', () => {
  const template = Template.fromStack(store().stack);
  template.hasResourceProperties(GROUP, { SnapshotRetentionLimit: 0 });
  template.hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
});

test('overrides', () => {
  Template.fromStack(store({ nodeType: 'cache.m7g.large', nodes: 3 }).stack).hasResourceProperties(GROUP, {
    CacheNodeType: 'cache.m7g.large',
    NumCacheClusters: 3,
  });
});

test.each<[string, Partial<RateLimitStoreProps>]>([
  ['IntegerOutOfRange', { nodes: 1 }],
  ['IntegerOutOfRange', { nodes: 7 }],
  ['InvalidFormat', { nodeType: 't4g.micro' }],
])('%s: %o', (code, overrides) => {
  expect(codes(() => store(overrides))).toEqual([code]);
});
