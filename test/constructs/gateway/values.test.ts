import { Duration } from 'aws-cdk-lib';
import { RateLimit, Resilience } from '../../../constructs';

const EDGE_IDLE = Duration.minutes(5);
const codes = (resilience: Resilience, streaming = false, edge = EDGE_IDLE) =>
  resilience.problems(streaming, edge).map(({ code }) => code);

test('defaults nest: all tries fit into the request, silence fits into the edge', () => {
  expect(codes(Resilience.unary())).toEqual([]);
  expect(codes(Resilience.streaming(), true)).toEqual([]);
  const unary = Resilience.unary();
  expect(unary.longestTries.toMilliseconds()).toBe(24_500);
  expect(unary.requestTimeout?.toSeconds()).toBe(30);
  expect(Resilience.streaming().requestTimeout).toBeUndefined();
});

test('an explicit undefined does not hide a default', () => {
  expect(Resilience.unary({ retries: undefined, tryTimeout: undefined })).toEqual(Resilience.unary());
});

test('a request timeout on a stream is refused', () => {
  expect(codes(Resilience.unary(), true)).toEqual(['RequestTimeoutCutsStream']);
});

test.each([
  ['tries longer than the request', Resilience.unary({ tryTimeout: Duration.seconds(11) }), EDGE_IDLE],
  ['request longer than the edge', Resilience.unary(), Duration.seconds(30)],
  ['silence longer than the edge', Resilience.streaming({ streamIdleTimeout: EDGE_IDLE }), EDGE_IDLE],
  ['tries of a stream longer than the edge', Resilience.streaming({ retries: 2 }), Duration.seconds(70)],
])('%s is refused', (_, resilience, edge) => {
  expect(codes(resilience, false, edge)).toEqual(['TimeoutsDoNotNest']);
});

test('tries that just fit are accepted', () => {
  expect(codes(Resilience.unary({ tryTimeout: Duration.millis(9_833) }))).toEqual([]);
  expect(codes(Resilience.unary({ tryTimeout: Duration.millis(9_834) }))).toEqual(['TimeoutsDoNotNest']);
});

test.each([
  ['retries', { retries: 0 }, []],
  ['retries', { retries: -1 }, ['IntegerOutOfRange']],
  ['retries', { retries: 6, tryTimeout: Duration.seconds(1) }, ['IntegerOutOfRange']],
  ['maxParallelRequests', { maxParallelRequests: 0 }, ['IntegerOutOfRange']],
  ['maxParallelRequests', { maxParallelRequests: 100_000 }, []],
  ['maxPendingRequests', { maxPendingRequests: 100_001 }, ['IntegerOutOfRange']],
  ['failuresToEject', { failuresToEject: 0 }, ['IntegerOutOfRange']],
  ['ejectionTime', { ejectionTime: Duration.seconds(301) }, ['DurationOutOfRange']],
  ['tryTimeout', { tryTimeout: Duration.millis(99) }, ['DurationOutOfRange']],
])('%s: %o gives %o', (_, props, expected) => {
  expect(codes(Resilience.unary(props))).toEqual(expected);
});

test.each([
  [0, ['IntegerOutOfRange']],
  [1, []],
  [1_000_000, []],
  [1_000_001, ['IntegerOutOfRange']],
  [1.5, ['IntegerOutOfRange']],
])('a tenant may ask %d times a minute', (requestsPerMinute, expected) => {
  expect(
    RateLimit.perTenant({ requestsPerMinute })
      .problems()
      .map(({ code }) => code),
  ).toEqual(expected);
});

test('unlimited is a value of its own', () => {
  expect(RateLimit.unlimited().requestsPerMinute).toBeUndefined();
  expect(RateLimit.unlimited().problems()).toEqual([]);
});
