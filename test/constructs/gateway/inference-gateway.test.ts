import { Duration, Size } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { InferenceGateway, type InferenceGatewayProps, RateLimit, TokenIssuer } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { cluster, cognito, DIGEST, EDGE, gateway, key } from './fixture';
import { objects, only } from './objects';

const release = (overrides: Partial<InferenceGatewayProps> = {}) => gateway(overrides).gateway.release;

test('one Helm release in the stack of the gateway, not in that of the cluster', () => {
  const { stack } = gateway();
  Template.fromStack(stack).hasResourceProperties('Custom::AWSCDK-EKS-HelmChart', {
    Release: 'gateway-inference',
    Namespace: 'gateway',
    CreateNamespace: Match.absent(),
  });
});

test('the Gateway answers to its host name and to routes of workload namespaces alone', () => {
  expect(only(release(), 'Gateway').spec).toMatchObject({
    gatewayClassName: 'inference',
    infrastructure: { parametersRef: { kind: 'EnvoyProxy', name: 'inference' } },
    listeners: [
      {
        protocol: 'HTTP',
        port: 8080,
        hostname: 'inference.example.com',
        allowedRoutes: {
          namespaces: { from: 'Selector', selector: { matchLabels: { 'groundplane.dev/tier': 'workload' } } },
        },
      },
    ],
  });
});

test('without a token of the issuer with scope and tenant nothing passes', () => {
  const { spec } = only(release(), 'SecurityPolicy');
  expect(spec.targetRefs).toEqual([{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'inference' }]);
  expect(spec.jwt.providers).toEqual([
    {
      name: 'issuer',
      issuer: 'https://login.example.com',
      audiences: ['inference'],
      remoteJWKS: { uri: 'https://login.example.com/keys', cacheDuration: '300s' },
      claimToHeaders: [
        { claim: 'tenant', header: 'x-tenant' },
        { claim: 'tenant_class', header: 'x-tenant-class' },
        { claim: 'sub', header: 'x-client-id' },
      ],
    },
  ]);
  expect(spec.authorization).toEqual({
    defaultAction: 'Deny',
    rules: [
      {
        name: 'invoke',
        action: 'Allow',
        principal: { jwt: { provider: 'issuer', scopes: ['inference/invoke'] } },
        cel: "'x-tenant' in request.headers",
      },
    ],
  });
});

test('tokens without an audience must be of a known client', () => {
  const fixture = cluster();
  const issuer = cognito(fixture.stack);
  const created = new InferenceGateway(fixture.stack, 'Gateway', { cluster: fixture.cluster, edge: EDGE, issuer });
  const { spec } = only(created.release, 'SecurityPolicy');
  expect(spec.jwt.providers[0].audiences).toBeUndefined();
  expect(spec.authorization.rules[0].principal.jwt.claims).toEqual([
    { name: 'client_id', valueType: 'String', values: issuer.clientIds },
  ]);
});

test('without any client nobody passes, and a warning says so', () => {
  const fixture = cluster();
  const issuer = TokenIssuer.cognito(fixture.stack, 'Issuer', {
    encryptionKey: key(fixture.stack),
    domainPrefix: 'acme-ml',
  });
  const created = new InferenceGateway(fixture.stack, 'Gateway', { cluster: fixture.cluster, edge: EDGE, issuer });
  expect(only(created.release, 'SecurityPolicy').spec.authorization).toEqual({ defaultAction: 'Deny' });
  Annotations.fromStack(fixture.stack).hasWarning('*', Match.stringLikeRegexp('no client yet'));
});

test('what a caller sends as identity is dropped, and so is its request id', () => {
  const { headers } = only(release(), 'ClientTrafficPolicy').spec;
  expect(headers.earlyRequestHeaders.remove).toEqual(
    expect.arrayContaining([
      'x-tenant',
      'x-tenant-class',
      'x-client-id',
      'x-model-name',
      'x-model-version',
      'x-request-id',
    ]),
  );
  expect(headers).toMatchObject({ requestID: 'Generate', withUnderscoresAction: 'RejectRequest' });
  expect(headers.lateResponseHeaders.set).toEqual([{ name: 'x-request-id', value: '%REQ(x-request-id)%' }]);
});

test('slow, huge and odd requests are bounded', () => {
  expect(only(release(), 'ClientTrafficPolicy').spec).toMatchObject({
    clientIPDetection: { xForwardedFor: { numTrustedHops: 1 } },
    path: { escapedSlashesAction: 'RejectRequest', disableMergeSlashes: false },
    timeout: { http: { requestHeadersReceivedTimeout: '5s', requestReceivedTimeout: '60s' } },
    connection: { connectionLimit: { value: 10_000 } },
    healthCheck: { path: '/healthz' },
  });
  expect(only(release(), 'BackendTrafficPolicy').spec.requestBuffer).toEqual({ limit: '1024Ki' });
});

test('an idle connection outlives that of the load balancer', () => {
  const edge = { ...EDGE, idleTimeout: Duration.seconds(100) };
  expect(only(release({ edge }), 'ClientTrafficPolicy').spec.timeout.http.idleTimeout).toBe('130s');
});

test('external authorisation comes after the request limit', () => {
  expect(only(release(), 'EnvoyProxy').spec.filterOrder).toEqual([
    { name: 'envoy.filters.http.ext_authz', after: 'envoy.filters.http.ratelimit' },
  ]);
});

test('two proxies on two nodes, without root, drained, with a disruption budget', () => {
  const { provider, shutdown } = only(release(), 'EnvoyProxy').spec;
  const { envoyDeployment, envoyService, envoyPDB } = provider.kubernetes;
  expect(envoyDeployment.replicas).toBe(2);
  expect(envoyDeployment.container).toMatchObject({
    image: `envoy${DIGEST}`,
    resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '512Mi' } },
    securityContext: {
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
  });
  const [term] = envoyDeployment.pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  expect(term.topologyKey).toBe('kubernetes.io/hostname');
  expect(term.labelSelector.matchLabels).toEqual(envoyDeployment.pod.labels);
  expect(envoyService).toEqual({ name: 'inference-proxy', type: 'ClusterIP' });
  expect(envoyPDB).toEqual({ maxUnavailable: 1 });
  expect(shutdown).toEqual({ drainTimeout: '300s', minDrainDuration: '30s' });
});

test('the access log says who asked which model for what, and holds no header, query or body of the caller', () => {
  const [setting] = only(release(), 'EnvoyProxy').spec.telemetry.accessLog.settings;
  expect(setting.format.json).toMatchObject({
    answer: '%REQ(x-request-id)%',
    tenant: '%REQ(x-tenant)%',
    tenant_class: '%REQ(x-tenant-class)%',
    model: '%RESP(x-model-name)%',
    model_version: '%RESP(x-model-version)%',
  });
  expect(JSON.stringify(setting)).not.toMatch(/authorization|cookie|%REQ\(:PATH\)/i);
});

test('the targets are bound by IP, and the load balancer alone reaches the proxies', () => {
  const created = release();
  expect(only(created, 'TargetGroupBinding')).toMatchObject({
    metadata: { name: 'inference', namespace: 'envoy-gateway-system' },
    spec: {
      serviceRef: { name: 'inference-proxy', port: 8080 },
      targetGroupARN: EDGE.targetGroupArn,
      targetType: 'ip',
    },
  });
  const [deny, proxies] = objects(created, 'NetworkPolicy');
  expect(deny).toMatchObject({
    metadata: { namespace: 'gateway' },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  expect(deny!.spec.ingress).toBeUndefined();
  expect(proxies!.spec.podSelector).toEqual({ matchLabels: { 'groundplane.dev/proxy': 'inference-proxy' } });
  expect(proxies!.spec.ingress).toEqual([
    {
      from: [{ ipBlock: { cidr: '10.0.0.0/24' } }, { ipBlock: { cidr: '10.0.1.0/24' } }],
      ports: [{ protocol: 'TCP', port: 8080 }],
    },
  ]);
  const everywhere = proxies!.spec.egress.filter(({ to }: { to?: unknown[] }) => !to?.length);
  expect(everywhere).toEqual([]);
  expect(JSON.stringify(proxies!.spec.egress)).toContain('"except":["169.254.0.0/16"]');
});

test('the metric scraper reaches the metrics alone', () => {
  const [, proxies] = objects(release({ scraperCidrs: ['10.0.9.0/24'] }), 'NetworkPolicy');
  expect(proxies!.spec.ingress[1]).toEqual({
    from: [{ ipBlock: { cidr: '10.0.9.0/24' } }],
    ports: [{ protocol: 'TCP', port: 19_001 }],
  });
});

test('a route without limits of its own has those of the gateway', () => {
  const limits = RateLimit.perTenant({ requestsPerMinute: 5 });
  expect(only(release({ limits }), 'BackendTrafficPolicy').spec.rateLimit.global.rules).toEqual([
    {
      clientSelectors: [{ headers: [{ name: 'x-tenant', type: 'Distinct' }] }],
      limit: { requests: 5, unit: 'Minute' },
    },
  ]);
  expect(only(release({ limits: RateLimit.unlimited() }), 'BackendTrafficPolicy').spec.rateLimit).toBeUndefined();
});

test('without an image a warning says that the tag decides', () => {
  const { stack, gateway: created } = gateway({ image: undefined });
  expect(only(created.release, 'EnvoyProxy').spec.provider.kubernetes.envoyDeployment.container.image).toBeUndefined();
  Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('by tag'));
});

test('overrides', () => {
  const created = release({
    gatewayName: 'edge-a',
    namespace: 'gw',
    replicas: 5,
    maxConnections: 50,
    maxRequestBody: Size.mebibytes(8),
    drainTimeout: Duration.minutes(10),
    workloadLabels: { team: 'ml' },
  });
  expect(only(created, 'Gateway').metadata).toMatchObject({ name: 'edge-a', namespace: 'gw' });
  expect(only(created, 'EnvoyProxy').spec.provider.kubernetes.envoyDeployment.replicas).toBe(5);
  expect(only(created, 'EnvoyProxy').spec.shutdown.drainTimeout).toBe('600s');
  expect(only(created, 'ClientTrafficPolicy').spec.connection.connectionLimit.value).toBe(50);
  expect(only(created, 'BackendTrafficPolicy').spec.requestBuffer.limit).toBe('8192Ki');
  expect(JSON.stringify(only(created, 'Gateway'))).toContain('"team":"ml"');
});

test.each<[string, Partial<InferenceGatewayProps>]>([
  ['InvalidName', { gatewayName: 'A' }],
  ['InvalidName', { namespace: '-' }],
  ['IntegerOutOfRange', { replicas: 1 }],
  ['IntegerOutOfRange', { replicas: 51 }],
  ['IntegerOutOfRange', { maxConnections: 9 }],
  ['IntegerOutOfRange', { maxRequestBody: Size.mebibytes(65) }],
  ['IntegerOutOfRange', { limits: RateLimit.perTenant({ requestsPerMinute: 0 }) }],
  ['DurationOutOfRange', { drainTimeout: Duration.seconds(29) }],
  ['DurationOutOfRange', { drainTimeout: Duration.minutes(61) }],
  ['CountOutOfRange', { edge: { ...EDGE, loadBalancerCidrs: [] } }],
  ['ImageNotPinned', { image: 'envoy:latest' }],
  ['InvalidFormat', { issuer: TokenIssuer.oidc({ issuerUrl: 'http://a', jwksUrl: 'https://a', audience: 'x' }) }],
])('%s: %o', (code, overrides) => {
  expect(codes(() => gateway(overrides))).toEqual([code]);
});
