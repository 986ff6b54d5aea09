import { routingProblems } from '../../../constructs';

const metadata = { name: 'iris', namespace: 'models' };
const route = (backendRefs: object[], filters: object[] = []) => ({
  kind: 'HTTPRoute',
  metadata,
  spec: { rules: [{ backendRefs, filters }] },
});
const policy = (spec: object, kind = 'BackendTrafficPolicy') => ({
  kind,
  metadata,
  spec: { targetRefs: [{ kind: 'HTTPRoute', name: 'iris' }], ...spec },
});
const RETRY = {
  numRetries: 2,
  retryOn: {
    httpStatusCodes: [502, 503, 504],
    triggers: ['connect-failure', 'reset', 'refused-stream', 'retriable-status-codes'],
  },
  perRetry: { timeout: '5s' },
};
const good = route([{ name: 'iris', port: 80 }]);
const services = new Set(['models/iris', 'models/other']);
const codes = (...manifests: object[]) => routingProblems(manifests, services).map(({ code }) => code);

const split = (a: number, b: number) =>
  route([
    { name: 'iris', weight: a },
    { name: 'other', weight: b },
  ]);

test('a sound route and its policies pass', () => {
  expect(
    codes(good, policy({ retry: RETRY, timeout: { http: { requestTimeout: '15s' } } }), policy({}, 'SecurityPolicy')),
  ).toEqual([]);
});

test('weights that do not sum to 100', () => {
  expect(codes(split(90, 10))).toEqual([]);
  expect(codes(split(90, 0))).toEqual(['WeightsNotOneHundred']);
  expect(codes(split(90, 20))).toEqual(['WeightsNotOneHundred']);
});

test('a backend that nothing defines', () => {
  expect(codes(route([{ name: 'gone' }]))).toEqual(['UnknownBackend']);
  expect(codes(route([{ kind: 'Backend', name: 'iris' }]))).toEqual(['UnknownBackend']);
  expect(codes(route([{ name: 'iris', namespace: 'elsewhere' }]))).toEqual(['UnknownBackend']);
});

test('a mirror that nothing defines', () => {
  expect(codes(route([{ name: 'iris' }], [{ requestMirror: { backendRef: { name: 'gone' } } }]))).toEqual([
    'UnknownBackend',
  ]);
});

test('a Service of the chart itself is known', () => {
  expect(codes(route([{ name: 'here' }]), { kind: 'Service', metadata: { ...metadata, name: 'here' } })).toEqual([]);
});

test('a Service beside a fallback', () => {
  const fallback = { kind: 'Backend', metadata: { name: 'b', namespace: 'models' }, spec: { fallback: true } };
  const primary = { kind: 'Backend', metadata: { name: 'a', namespace: 'models' }, spec: {} };
  expect(codes(route([{ name: 'iris' }, { kind: 'Backend', name: 'b' }]), fallback)).toEqual(['ServiceBesideFallback']);
  expect(
    codes(
      route([
        { kind: 'Backend', name: 'a' },
        { kind: 'Backend', name: 'b' },
      ]),
      primary,
      fallback,
    ),
  ).toEqual([]);
});

test.each(['SecurityPolicy', 'BackendTrafficPolicy', 'ClientTrafficPolicy'])('a %s for nothing', (kind) => {
  expect(codes(good, policy({ targetRefs: [{ kind: 'HTTPRoute', name: 'gone' }] }, kind))).toEqual([
    'UnknownPolicyTarget',
  ]);
  expect(codes(good, policy({ targetRefs: [] }, kind))).toEqual(['PolicyWithoutTarget']);
});

test('a policy in another namespace than its target', () => {
  expect(codes(good, { ...policy({}), metadata: { name: 'iris', namespace: 'gateway' } })).toEqual([
    'UnknownPolicyTarget',
  ]);
});

test.each([
  ['reset', { ...RETRY.retryOn, triggers: ['connect-failure', 'refused-stream', 'retriable-status-codes'] }],
  ['504', { ...RETRY.retryOn, httpStatusCodes: [502, 503] }],
  ['retriable-status-codes', {}],
])('retries that miss %s', (missing, retryOn) => {
  const found = routingProblems([good, policy({ retry: { ...RETRY, retryOn } })], services);
  expect(found).toEqual([{ code: 'RetryTriggersIncomplete', text: expect.stringContaining(missing) }]);
});

test.each([
  ['14s', ['TimeoutsDoNotNest']],
  ['15s', []],
  ['1m', []],
  ['500ms', ['TimeoutsDoNotNest']],
  ['0s', []],
])('a request timeout of %s around tries of 15 seconds gives %o', (requestTimeout, expected) => {
  expect(codes(good, policy({ retry: RETRY, timeout: { http: { requestTimeout } } }))).toEqual(expected);
});

test('every problem at once', () => {
  expect(codes(route([{ name: 'gone', weight: 1 }]), policy({ retry: { numRetries: 1 } }))).toEqual([
    'WeightsNotOneHundred',
    'UnknownBackend',
    'RetryTriggersIncomplete',
  ]);
});
