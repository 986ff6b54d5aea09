import { type ListenerTemplate, openListeners } from '../../../constructs';

interface Overrides {
  readonly balancer?: object;
  readonly listener?: object;
  readonly association?: object | null;
}

function template({ balancer = {}, listener = {}, association = {} }: Overrides = {}): ListenerTemplate {
  return {
    Resources: {
      Balancer: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        Properties: { Scheme: 'internet-facing', ...balancer },
      },
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          LoadBalancerArn: { Ref: 'Balancer' },
          Protocol: 'HTTPS',
          SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
          ...listener,
        },
      },
      ...(association && {
        Association: {
          Type: 'AWS::WAFv2::WebACLAssociation',
          Properties: { ResourceArn: { Ref: 'Balancer' }, ...association },
        },
      }),
    },
  };
}

const attribute = (Value: string) => ({ LoadBalancerAttributes: [{ Key: 'waf.fail_open.enabled', Value }] });
const redirect = (Protocol: string) => [{ Type: 'redirect', RedirectConfig: { Protocol } }];
const codes = (overrides?: Overrides) => openListeners(template(overrides)).map(({ code }) => code);

test('a public load balancer with firewall and TLS 1.2 passes', () => {
  expect(codes()).toEqual([]);
});

test('an empty template passes', () => {
  expect(openListeners({})).toEqual([]);
});

test('a load balancer is public unless it says otherwise', () => {
  expect(codes({ balancer: { Scheme: undefined }, association: null })).toEqual(['ListenerWithoutFirewall']);
  expect(codes({ balancer: { Scheme: 'internal' }, association: null, listener: { Protocol: 'HTTP' } })).toEqual([]);
});

test('a firewall before another load balancer does not count', () => {
  expect(codes({ association: { ResourceArn: { Ref: 'Other' } } })).toEqual(['ListenerWithoutFirewall']);
});

test('a firewall that fails open', () => {
  expect(codes({ balancer: attribute('true') })).toEqual(['FirewallFailsOpen']);
  expect(codes({ balancer: attribute('false') })).toEqual([]);
});

test.each([
  ['ELBSecurityPolicy-TLS13-1-2-2021-06', []],
  ['ELBSecurityPolicy-TLS13-1-3-2021-06', []],
  ['ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09', []],
  ['ELBSecurityPolicy-FS-1-2-Res-2020-10', []],
  ['ELBSecurityPolicy-TLS13-1-0-2021-06', ['ListenerWithoutTls']],
  ['ELBSecurityPolicy-TLS13-1-1-2021-06', ['ListenerWithoutTls']],
  ['ELBSecurityPolicy-2016-08', ['ListenerWithoutTls']],
  [undefined, ['ListenerWithoutTls']],
])('policy %s gives %o', (SslPolicy, expected) => {
  expect(codes({ listener: { SslPolicy } })).toEqual(expected);
});

test('plain HTTP passes only if it redirects to HTTPS', () => {
  expect(codes({ listener: { Protocol: 'HTTP' } })).toEqual(['ListenerWithoutTls']);
  expect(codes({ listener: { Protocol: 'HTTP', DefaultActions: redirect('HTTPS') } })).toEqual([]);
  expect(codes({ listener: { Protocol: 'HTTP', DefaultActions: redirect('HTTP') } })).toEqual(['ListenerWithoutTls']);
  expect(codes({ listener: { Protocol: 'TCP' } })).toEqual(['ListenerWithoutTls']);
});
