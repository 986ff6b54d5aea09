import { Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { type GatewayEdgeProps, openListeners, TokenIssuer } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { edge } from './fixture';

const templateOf = (overrides: Partial<GatewayEdgeProps> = {}) => Template.fromStack(edge(overrides).stack);
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

test('our own check finds nothing open', () => {
  expect(openListeners(templateOf().toJSON())).toEqual([]);
});

test('the load balancer: public, protected, logged, strict, and closed while the firewall cannot judge', () => {
  const attributes = Object.entries({
    'deletion_protection.enabled': 'true',
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'strictest',
    'routing.http.preserve_host_header.enabled': 'true',
    'waf.fail_open.enabled': 'false',
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': 'access-logs',
    'access_logs.s3.prefix': 'alb',
    'idle_timeout.timeout_seconds': '300',
  }).map(([Key, Value]) => Match.objectLike({ Key, Value }));
  const template = templateOf();
  for (const attribute of attributes) {
    template.hasResourceProperties(LOAD_BALANCER, {
      Scheme: 'internet-facing',
      LoadBalancerAttributes: Match.arrayWith([attribute]),
    });
  }
});

test('one listener: HTTPS with TLS 1.2 or 1.3; a wrong host gets 404', () => {
  const template = templateOf();
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
    DefaultActions: [
      Match.objectLike({ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) }),
    ],
  });
});

test('the right host is forwarded with a valid token of the issuer alone', () => {
  templateOf().hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Priority: 1,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['inference.example.com'] } }],
    Actions: [
      {
        Type: 'jwt-validation',
        Order: 1,
        JwtValidationConfig: { Issuer: 'https://login.example.com', JwksEndpoint: 'https://login.example.com/keys' },
      },
      Match.objectLike({ Type: 'forward', Order: 2 }),
    ],
  });
});

test('the proxies are targets by IP, checked, drained, and registered by the cluster of that name alone', () => {
  templateOf().hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetType: 'ip',
    Port: 8080,
    Protocol: 'HTTP',
    HealthCheckPath: '/healthz',
    Matcher: { HttpCode: '200' },
    TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '120' }]),
    Tags: [{ Key: 'eks:eks-cluster-name', Value: 'acme-ml-main' }],
  });
});

test('callers reach the load balancer on 443, the load balancer reaches the proxies on 8080, and nothing else', () => {
  const template = templateOf();
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: 'Public edge of the inference gateway',
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })],
    SecurityGroupEgress: [
      Match.objectLike({ FromPort: 8080, ToPort: 8080, DestinationSecurityGroupId: Match.anyValue() }),
    ],
  });
  template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8080, ToPort: 8080 });
});

test('the proxies hear of the subnets of the load balancer, which hold no Pod', () => {
  const { edge: created, vpc } = edge();
  expect(created.loadBalancerCidrs).toEqual(vpc.publicSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock));
  expect(edge({ loadBalancerCidrs: ['10.9.0.0/24'] }).edge.loadBalancerCidrs).toEqual(['10.9.0.0/24']);
});

test('address ranges can be narrowed', () => {
  const template = templateOf({ clientCidrs: ['10.0.0.0/8', '192.0.2.0/24'] });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.0/8' }), Match.objectLike({ CidrIp: '192.0.2.0/24' })],
  });
});

test('without a zone the certificate waits for a record by hand, and a warning says so', () => {
  const { stack } = edge();
  Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('No hosted zone'));
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainName: 'inference.example.com',
    ValidationMethod: 'DNS',
    DomainValidationOptions: Match.absent(),
  });
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
});

test('with a zone both are made', () => {
  const { stack } = edge();
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z123',
    zoneName: 'example.com',
  });
  const template = templateOf({ hostedZone });
  template.hasResourceProperties('AWS::Route53::RecordSet', {
    Name: 'inference.example.com.',
    Type: 'A',
    HostedZoneId: 'Z123',
  });
  template.hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainValidationOptions: [{ DomainName: 'inference.example.com', HostedZoneId: 'Z123' }],
  });
});

test('a certificate that is there is used', () => {
  const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/abc';
  const { stack } = edge();
  const template = templateOf({ certificate: Certificate.fromCertificateArn(stack, 'Own', arn) });
  template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Certificates: [{ CertificateArn: arn }] });
});

test.each<[string, Partial<GatewayEdgeProps>]>([
  ['InvalidFormat', { domainName: 'Inference.example.com' }],
  ['InvalidFormat', { domainName: 'localhost' }],
  ['DurationOutOfRange', { idleTimeout: Duration.millis(500) }],
  ['DurationOutOfRange', { idleTimeout: Duration.seconds(4001) }],
  ['NoClients', { clientCidrs: [] }],
  ['InvalidFormat', { clientCidrs: ['everywhere'] }],
  ['InvalidFormat', { issuer: TokenIssuer.oidc({ issuerUrl: 'https://a', jwksUrl: 'http://a', audience: 'x' }) }],
  ['IntegerOutOfRange', { firewall: { requestsPerAddress: 99 } }],
  ['IntegerOutOfRange', { firewall: { requestsPerAddress: 2_000_001 } }],
  ['InvalidFormat', { firewall: { logGroupName: 'waf' } }],
])('%s: %o', (code, overrides) => {
  expect(codes(() => edge(overrides))).toEqual([code]);
});

test('the firewall is before the load balancer', () => {
  templateOf().hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
    ResourceArn: { Ref: Match.stringLikeRegexp('^Edge') },
    WebACLArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EdgeFirewall'), 'Arn'] },
  });
});

test('rules: a limit per address, declared body size, reputation, common, known bad inputs', () => {
  const acl = Object.values(templateOf().findResources('AWS::WAFv2::WebACL'))[0]!['Properties'];
  expect(acl.Scope).toBe('REGIONAL');
  expect(acl.Rules.map(({ Name, Priority }: { Name: string; Priority: number }) => [Priority, Name])).toEqual([
    [0, 'RequestsPerAddress'],
    [1, 'DeclaredBodySize'],
    [2, 'AWSManagedRulesAmazonIpReputationList'],
    [3, 'AWSManagedRulesCommonRuleSet'],
    [4, 'AWSManagedRulesKnownBadInputsRuleSet'],
  ]);
  expect(acl.Rules[0].Statement.RateBasedStatement).toMatchObject({ Limit: 10_000, EvaluationWindowSec: 300 });
  const regex = new RegExp(acl.Rules[1].Statement.RegexMatchStatement.RegexString as string);
  expect(['9999999', '10000000', 'abc'].map((length) => regex.test(length))).toEqual([false, true, false]);
});

test.each([
  [undefined, 5],
  ['count' as const, 5],
  ['block' as const, 1],
])('body rules %s: %d rules of the common set only count', (bodyRules, counted) => {
  const acl = Object.values(templateOf({ firewall: { bodyRules } }).findResources('AWS::WAFv2::WebACL'))[0]![
    'Properties'
  ];
  expect(acl.Rules[3].Statement.ManagedRuleGroupStatement.RuleActionOverrides).toHaveLength(counted);
});

test('the log is encrypted, kept, and without tokens and cookies', () => {
  const template = templateOf({ firewall: { logGroupName: 'aws-waf-logs-acme' } });
  template.hasResource('AWS::Logs::LogGroup', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: Match.objectLike({
      LogGroupName: 'aws-waf-logs-acme',
      KmsKeyId: Match.anyValue(),
      RetentionInDays: 365,
    }),
  });
  template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
    RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
  });
  const policy = Object.values(template.findResources('AWS::Logs::ResourcePolicy'))[0]!['Properties'];
  expect(JSON.stringify(policy.PolicyDocument)).toContain('delivery.logs.amazonaws.com');
  expect(JSON.stringify(policy.PolicyDocument)).toContain('log-group:aws-waf-logs-acme:log-stream:*');
});

test('metrics name the load balancer, the targets and the firewall', () => {
  const { edge: created } = edge();
  const names = [
    created.metrics.requests(),
    created.metrics.targetErrors(),
    created.metrics.edgeErrors(),
    created.metrics.latency(),
    created.metrics.unhealthyProxies(),
    created.metrics.healthyProxies(),
    created.metrics.blocked(),
  ].map((metric) => metric.toMetricConfig().metricStat?.metricName);
  expect(names).toEqual([
    'RequestCount',
    'HTTPCode_Target_5XX_Count',
    'HTTPCode_ELB_5XX_Count',
    'TargetResponseTime',
    'UnHealthyHostCount',
    'HealthyHostCount',
    'BlockedRequests',
  ]);
});
