import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import type { ChartRelease } from '../../../constructs';
import { type IModelBackend, ModelRoute, type ModelRouteProps, RateLimit, Resilience } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { gateway, model, OWNER } from './fixture';
import { objects, only } from './objects';

function route(overrides: Partial<ModelRouteProps> = {}, fixture = gateway()) {
  const created = new ModelRoute(fixture.stack, 'Iris', {
    gateway: fixture.gateway,
    model: model(),
    owner: OWNER,
    ...overrides,
  });
  return { ...fixture, route: created, release: created.release };
}

const ruleOf = (release: ChartRelease) => only(release, 'HTTPRoute').spec.rules[0];
const trafficOf = (release: ChartRelease) => only(release, 'BackendTrafficPolicy').spec;
const perTenant = (requests: number) => ({
  clientSelectors: [{ headers: [{ name: 'x-tenant', type: 'Distinct' }] }],
  limit: { requests, unit: 'Minute' },
});
const llm = (name = 'llm') => model(name, { streaming: true });

test('a release of its own in the namespace of the model, on the gateway and its host', () => {
  const fixture = gateway();
  const { stack, release } = route({}, fixture);
  Template.fromStack(stack).hasResource('Custom::AWSCDK-EKS-HelmChart', {
    Properties: Match.objectLike({ Release: 'route-iris', Namespace: 'models' }),
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^GatewayRelease')]),
  });
  expect(only(release, 'HTTPRoute')).toMatchObject({
    metadata: { name: 'iris', namespace: 'models' },
    spec: {
      parentRefs: [{ name: 'inference', namespace: 'gateway' }],
      hostnames: ['inference.example.com'],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/v2/models/iris' } }] }],
    },
  });
});

test('the token stops at the gateway, the answer says model and version', () => {
  const { filters, backendRefs } = ruleOf(route().release);
  expect(filters).toEqual([
    { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['authorization'] } },
    {
      type: 'ResponseHeaderModifier',
      responseHeaderModifier: {
        set: [
          { name: 'x-model-name', value: 'iris' },
          { name: 'x-model-version', value: '1.0.0' },
        ],
      },
    },
  ]);
  expect(backendRefs).toEqual([{ name: 'iris', port: 80, weight: 100 }]);
});

test('a model that answers at once: timeouts that nest, every trigger, breaker, ejection, limits', () => {
  expect(trafficOf(route().release)).toEqual({
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'iris' }],
    timeout: { tcp: { connectTimeout: '2s' }, http: { requestTimeout: '30s', streamIdleTimeout: '30s' } },
    retry: {
      numRetries: 2,
      retryOn: {
        httpStatusCodes: [502, 503, 504],
        triggers: ['connect-failure', 'reset', 'refused-stream', 'retriable-status-codes'],
      },
      perRetry: { timeout: '8s', backOff: { baseInterval: '25ms', maxInterval: '250ms' } },
    },
    circuitBreaker: { maxParallelRequests: 256, maxPendingRequests: 256, maxParallelRetries: 32 },
    healthCheck: {
      panicThreshold: 0,
      passive: {
        consecutive5XxErrors: 5,
        consecutiveGatewayErrors: 5,
        interval: '1s',
        baseEjectionTime: '15s',
        maxEjectionPercent: 50,
      },
    },
    loadBalancer: { type: 'LeastRequest' },
    requestBuffer: { limit: '1024Ki' },
    rateLimit: { global: { rules: [perTenant(600)] }, local: { rules: [perTenant(1200)] } },
  });
});

test('a model that streams: no request timeout, but one for silence', () => {
  const { timeout, retry } = trafficOf(route({ model: llm() }).release);
  expect(timeout.http).toEqual({ requestTimeout: '0s', streamIdleTimeout: '60s' });
  expect(retry).toMatchObject({ numRetries: 1, perRetry: { timeout: '30s' } });
});

test('without retries there is no retry policy', () => {
  expect(trafficOf(route({ resilience: Resilience.unary({ retries: 0 }) }).release).retry).toBeUndefined();
});

test('a fallback: a Backend on both sides, one try each, also after a 500, everything may be ejected', () => {
  const { release } = route({
    model: llm(),
    fallback: [llm('small'), model('far', { namespace: 'other', streaming: true })],
  });
  expect(
    objects(release, 'Backend').map(({ metadata, spec }) => [
      metadata.name,
      spec.fallback ?? false,
      spec.endpoints[0].fqdn,
    ]),
  ).toEqual([
    ['llm-primary', false, { hostname: 'llm.models.svc.cluster.local', port: 80 }],
    ['llm-fallback-1', true, { hostname: 'small.models.svc.cluster.local', port: 80 }],
    ['llm-fallback-2', true, { hostname: 'far.other.svc.cluster.local', port: 80 }],
  ]);
  expect(ruleOf(release).backendRefs).toEqual(
    ['llm-primary', 'llm-fallback-1', 'llm-fallback-2'].map((name) => ({
      group: 'gateway.envoyproxy.io',
      kind: 'Backend',
      name,
    })),
  );
  expect(JSON.stringify(ruleOf(release).filters)).not.toContain('x-model-name');
  const { retry, healthCheck } = trafficOf(release);
  expect(retry).toMatchObject({ numAttemptsPerPriority: 1, retryOn: { httpStatusCodes: [500, 502, 503, 504] } });
  expect(healthCheck.passive.maxEjectionPercent).toBe(100);
});

test('shares: each answer says which version gave it', () => {
  const canary = model('iris-canary', { modelName: 'iris', modelVersion: '1.1.0' });
  const { release } = route({
    model: [
      { model: model(), weight: 95 },
      { model: canary, weight: 5 },
    ],
  });
  const { backendRefs, filters } = ruleOf(release);
  expect(backendRefs.map(({ name, weight }: { name: string; weight: number }) => [name, weight])).toEqual([
    ['iris', 95],
    ['iris-canary', 5],
  ]);
  expect(JSON.stringify(backendRefs[1].filters)).toContain('"1.1.0"');
  expect(filters).toHaveLength(1);
});

test('a mirror gets copies', () => {
  const { filters } = ruleOf(route({ mirror: { model: model('shadow'), percent: 20 } }).release);
  expect(filters).toContainEqual({
    type: 'RequestMirror',
    requestMirror: { backendRef: { name: 'shadow', port: 80 }, percent: 20 },
  });
});

test('a limit of the route replaces that of the gateway; without counters each proxy keeps twice of it', () => {
  const { release } = route({ limits: RateLimit.perTenant({ requestsPerMinute: 7 }) });
  expect(trafficOf(release).rateLimit).toEqual({
    global: { rules: [perTenant(7)] },
    local: { rules: [perTenant(14)] },
  });
});

test('single tenants: a policy that repeats the rules of the gateway, in place before the route', () => {
  const fixture = gateway();
  const { route: created, stack } = route({ tenants: ['acme', 'globex'] }, fixture);
  const security = created.node.findChild('Security') as ChartRelease;
  const { spec } = only(security, 'SecurityPolicy');
  expect(spec.targetRefs).toEqual([{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'iris' }]);
  expect(spec.authorization).toMatchObject({
    defaultAction: 'Deny',
    rules: [
      {
        principal: {
          jwt: {
            scopes: ['inference/invoke'],
            claims: [{ name: 'tenant', valueType: 'String', values: ['acme', 'globex'] }],
          },
        },
        cel: "'x-tenant' in request.headers",
      },
    ],
  });
  Template.fromStack(stack).hasResource('Custom::AWSCDK-EKS-HelmChart', {
    Properties: Match.objectLike({ Release: 'route-iris' }),
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^IrisSecurity')]),
  });
});

test('without single tenants the policy of the gateway holds and no other', () => {
  const { route: created } = route();
  expect(created.node.tryFindChild('Security')).toBeUndefined();
});

test('the route comes after its model', () => {
  class Service extends Construct implements IModelBackend {
    public readonly modelName = 'iris';
    public readonly modelVersion = '1.0.0';
    public readonly namespace = 'models';
    public readonly serviceName = 'iris';
    public readonly port = 80;
    public readonly paths = ['/predict'];
    public readonly streaming = false;
  }
  const fixture = gateway();
  const service = new Service(fixture.stack, 'Service');
  const { release } = route({ model: service }, fixture);
  expect(release.node.dependencies).toContain(service);
});

test('names and owner are there for alarms', () => {
  const { route: created } = route({ routeName: 'flowers', paths: ['/flowers'] });
  expect(created).toMatchObject({ routeName: 'flowers', paths: ['/flowers'], owner: OWNER, namespace: 'models' });
});

const elsewhere = model('elsewhere', { namespace: 'other' });
const half = { model: model(), weight: 50 };

test.each<[string, Partial<ModelRouteProps>]>([
  ['InvalidName', { routeName: 'A' }],
  ['CountOutOfRange', { paths: [] }],
  ['CountOutOfRange', { paths: Array.from({ length: 17 }, (_, index) => `/p${index}`) }],
  ['InvalidFormat', { paths: ['predict'] }],
  ['InvalidFormat', { paths: ['/predict/'] }],
  ['InvalidFormat', { paths: ['/'] }],
  ['DuplicateValue', { paths: ['/a', '/a'] }],
  ['CountOutOfRange', { model: [] }],
  ['CountOutOfRange', { fallback: [model('a'), model('b'), model('c'), model('d')] }],
  ['WeightsNotOneHundred', { model: [half, { model: model('b'), weight: 40 }] }],
  [
    'IntegerOutOfRange',
    {
      model: [{ model: model(), weight: 120 }],
    },
  ],
  ['SplitWithFallback', { model: [half, { model: model('b'), weight: 50 }], fallback: [model('c')] }],
  ['ModelsInTwoNamespaces', { model: [half, { model: elsewhere, weight: 50 }] }],
  ['ModelsInTwoNamespaces', { mirror: { model: elsewhere, percent: 1 } }],
  ['IntegerOutOfRange', { mirror: { model: model('b'), percent: 0 } }],
  ['IntegerOutOfRange', { mirror: { model: model('b'), percent: 101 } }],
  ['IntegerOutOfRange', { limits: RateLimit.perTenant({ requestsPerMinute: 0 }) }],
  ['RequestTimeoutCutsStream', { model: llm(), resilience: Resilience.unary() }],
  ['TimeoutsDoNotNest', { resilience: Resilience.unary({ tryTimeout: Duration.seconds(20) }) }],
  ['CountOutOfRange', { tenants: [] }],
  ['DuplicateValue', { tenants: ['a', 'a'] }],
])('%s: %o', (code, overrides) => {
  expect(codes(() => route(overrides))).toEqual([code]);
});

test('two routes of one name, and two of one path', () => {
  const fixture = gateway();
  route({}, fixture);
  const second = (overrides: Partial<ModelRouteProps>) => () =>
    new ModelRoute(new Stack(fixture.app, `S${fixture.app.node.children.length}`), 'Other', {
      gateway: fixture.gateway,
      model: model(),
      owner: OWNER,
      ...overrides,
    });
  expect(codes(second({}))).toEqual(['DuplicateRoute', 'DuplicatePath']);
  expect(codes(second({ routeName: 'other' }))).toEqual(['DuplicatePath']);
  expect(codes(second({ paths: ['/other'] }))).toEqual(['DuplicateRoute']);
  expect(codes(second({ routeName: 'other', paths: ['/other'] }))).toEqual([]);
  expect(fixture.gateway.routes.map(({ routeName }) => routeName)).toEqual(['iris', 'other']);
});
