import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { PlatformNetwork, type PlatformNetworkProps } from '../../../constructs/network';

const ZONES = ['eu-west-1a', 'eu-west-1b'];

function stackWith(props: Partial<PlatformNetworkProps> = {}): Stack {
  const stack = new Stack(new App(), 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  new PlatformNetwork(stack, 'Network', { zones: ZONES, ...props });
  return stack;
}

const interfaces = (stack: Stack) =>
  Object.values(
    Template.fromStack(stack).findResources('AWS::EC2::VPCEndpoint', {
      Properties: { VpcEndpointType: 'Interface' },
    }),
  );
const imported = (privateSubnetIds: string[]) =>
  Vpc.fromVpcAttributes(new Stack(new App(), 'Test'), 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ZONES,
    privateSubnetIds,
  });

describe('PlatformNetwork', () => {
  test('spreads public, private and isolated subnets over the named zones', () => {
    const template = Template.fromStack(stackWith());
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    const subnets = Object.values(template.findResources('AWS::EC2::Subnet'));
    expect(new Set(subnets.map(({ Properties }) => Properties.AvailabilityZone))).toEqual(new Set(ZONES));
    expect(subnets.filter(({ Properties }) => Properties.MapPublicIpOnLaunch !== false)).toEqual([]);
  });

  test('tags subnets for load balancers inside and at the edge', () => {
    const template = Template.fromStack(stackWith());
    for (const [role, type] of [
      ['kubernetes.io/role/elb', 'Public'],
      ['kubernetes.io/role/internal-elb', 'Private'],
    ]) {
      const tagged = template.findResources('AWS::EC2::Subnet', {
        Properties: {
          Tags: Match.arrayWith([
            { Key: 'aws-cdk:subnet-type', Value: type },
            { Key: role, Value: '1' },
          ]),
        },
      });
      expect(Object.keys(tagged)).toHaveLength(2);
    }
  });

  test('logs all traffic into an encrypted log group that is kept one year', () => {
    const template = Template.fromStack(stackWith());
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs' });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 365, KmsKeyId: Match.anyValue() },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test('lets CloudWatch Logs use the key for log groups of this account and region', () => {
    Template.fromStack(stackWith()).hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
            Condition: {
              ArnLike: {
                'kms:EncryptionContext:aws:logs:arn': {
                  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:111122223333:log-group:*']],
                },
              },
            },
          }),
        ]),
      },
    });
  });

  test('reaches S3 and DynamoDB without leaving the network', () => {
    const endpoints = Template.fromStack(stackWith()).findResources('AWS::EC2::VPCEndpoint', {
      Properties: { VpcEndpointType: 'Gateway' },
    });
    expect(Object.keys(endpoints)).toHaveLength(2);
  });

  test('needs no function and no custom resource', () => {
    const template = Template.fromStack(stackWith());
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 0);
  });

  test.each([
    [undefined, 1],
    [2, 2],
  ])('natGateways: %s makes %d', (natGateways, count) => {
    Template.fromStack(stackWith({ natGateways })).resourceCountIs('AWS::EC2::NatGateway', count);
  });

  test('interfaceEndpoints: private endpoints in the private subnets, none by default', () => {
    expect(interfaces(stackWith())).toEqual([]);
    const made = interfaces(stackWith({ interfaceEndpoints: true }));
    expect(made).toHaveLength(8);
    expect(made.every(({ Properties }) => Properties.PrivateDnsEnabled && Properties.SubnetIds.length === 2)).toBe(
      true,
    );
  });

  test('cidr: the range of the VPC', () => {
    Template.fromStack(stackWith({ cidr: '10.99.0.0/20' })).hasResourceProperties('AWS::EC2::VPC', {
      CidrBlock: '10.99.0.0/20',
      EnableDnsHostnames: true,
      EnableDnsSupport: true,
    });
  });

  test.each<[Partial<PlatformNetworkProps>, string]>([
    [{ zones: ['eu-west-1a'] }, 'CountOutOfRange'],
    [{ zones: ['a', 'b', 'c', 'd', 'e'] }, 'CountOutOfRange'],
    [{ zones: ['eu-west-1a', 'eu-west-1a'] }, 'DuplicateValue'],
    [{ cidr: '10.0.0.0/21' }, 'InvalidFormat'],
    [{ cidr: '10.0.0.0/15' }, 'InvalidFormat'],
    [{ natGateways: 0 }, 'IntegerOutOfRange'],
    [{ natGateways: 3 }, 'IntegerOutOfRange'],
  ])('fails for %j', (props, code) => {
    expect(() => stackWith(props)).toThrow(`[${code}, at Test/Network]`);
  });

  test.each(['10.0.0.0/16', '10.0.0.0/20'])('takes the bound %s', (cidr) => {
    expect(() => stackWith({ cidr })).not.toThrow();
  });
});

test('the smallest range holds the most zones', () => {
  const zones = ['a', 'b', 'c', 'd'].map((zone) => `eu-west-1${zone}`);
  const blocks = Object.values(
    Template.fromStack(stackWith({ zones, cidr: '10.0.0.0/20' })).findResources('AWS::EC2::Subnet'),
  ).map(({ Properties }) => String(Properties.CidrBlock).split('/')[1]);
  expect(blocks.toSorted()).toEqual([...Array(4).fill('23'), ...Array(8).fill('24')]);
});

describe('PlatformNetwork.fromVpc', () => {
  test('takes a VPC with private subnets', () => {
    const vpc = imported(['subnet-1', 'subnet-2']);
    expect(PlatformNetwork.fromVpc(vpc).vpc).toBe(vpc);
  });

  test('refuses one without', () => {
    const stack = new Stack(new App(), 'Test');
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ZONES });
    expect(() => PlatformNetwork.fromVpc(vpc)).toThrow('[TooFewSubnets, at Test/Vpc]');
  });
});
