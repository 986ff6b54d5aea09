import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { openListeners, TokenIssuer } from '../../../constructs';
import type { PlatformConfigInput } from '../../../lib/config/schema';
import { EdgeStack } from '../../../lib/data-plane/edge-stack';
import { cellInput, testApp } from './fixture';

function edge(config: PlatformConfigInput['gateway'] = {}) {
  const app = testApp();
  const others = new Stack(app, 'Others', { env: { account: '123456789012', region: 'eu-west-1' } });
  const vpc = new Vpc(others, 'Vpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'], natGateways: 1 });
  const stack = new EdgeStack(app, 'Edge', {
    input: cellInput({ gateway: config }),
    vpc,
    clusterSecurityGroup: new SecurityGroup(others, 'Nodes', { vpc }),
    issuer: TokenIssuer.oidc({
      issuerUrl: 'https://login.example.com',
      jwksUrl: 'https://login.example.com/keys',
      audience: 'inference',
    }),
  });
  return { stack, template: Template.fromStack(stack) };
}

test('names come from the contract', () => {
  const { template } = edge();
  template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: 'aws-waf-logs-acme-ml-main' });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Tags: Match.arrayWith([{ Key: 'eks:eks-cluster-name', Value: 'acme-ml-main' }]),
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([
      { Key: 'access_logs.s3.bucket', Value: 'acme-ml-access-logs-123456789012-eu-west-1' },
    ]),
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['inference.example.com'] } }],
  });
});

test('nothing is open that should not be', () => {
  expect(openListeners(edge().template.toJSON())).toEqual([]);
});

test('the security group of the cluster is opened from here, so that the cluster does not know of the edge', () => {
  const { template } = edge();
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8080, ToPort: 8080 });
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6380, ToPort: 6380 });
});

test('one key for the firewall log and the counters', () => {
  const { stack, template } = edge();
  template.resourceCountIs('AWS::KMS::Key', 1);
  template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', { CacheNodeType: 'cache.t4g.micro' });
  expect(stack.rateLimitStore.port).toBe(6380);
  expect(stack.terminationProtection).toBe(false);
});

test('with a hosted zone certificate and name are made', () => {
  const { template } = edge({ hostedZoneId: 'Z0123456789ABC' });
  template.hasResourceProperties('AWS::Route53::RecordSet', {
    Name: 'inference.example.com.',
    HostedZoneId: 'Z0123456789ABC',
  });
});

test('with a certificate none is made', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/abc';
  const { template } = edge({ certificateArn });
  template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Certificates: [{ CertificateArn: certificateArn }],
  });
});

test('limits of the configuration', () => {
  const { template } = edge({
    clientCidrs: ['10.0.0.0/8'],
    requestsPerAddress: 500,
    rateLimitNodeType: 'cache.m7g.large',
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.0/8', FromPort: 443 })],
  });
  template.hasResourceProperties('AWS::WAFv2::WebACL', {
    Rules: Match.arrayWith([Match.objectLike({ Statement: { RateBasedStatement: Match.objectLike({ Limit: 500 }) } })]),
  });
  template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', { CacheNodeType: 'cache.m7g.large' });
});
