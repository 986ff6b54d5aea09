import { FeatureGroup, FeatureMonitoring, type FeatureMonitoringProps } from '../../../constructs/features';
import { fixture, resources } from './fixture';

function monitored(overrides: Partial<FeatureMonitoringProps> = {}) {
  const { stack, props } = fixture();
  new FeatureMonitoring(stack, 'Watch', { group: new FeatureGroup(stack, 'Customers', props), ...overrides });
  return resources(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties as Record<string, unknown>);
}

describe('FeatureMonitoring', () => {
  test('tells the owner about errors and throttles, with the runbook', () => {
    expect(monitored().map(({ AlarmDescription }) => AlarmDescription)).toEqual([
      'acme-customers: reads or writes of the online store fail. Owner: growth (growth@example.com). Runbook: https://example.com/runbook#feature-store-errors',
      'acme-customers: the account is over its limit of feature store requests. Owner: growth (growth@example.com). Runbook: https://example.com/runbook#feature-store-throttles',
    ]);
  });

  test('adds up reads and writes', () => {
    const [errors] = monitored() as {
      Metrics: { Expression?: string; MetricStat?: { Metric: { Dimensions: unknown } } }[];
    }[];
    expect(errors!.Metrics[0]!.Expression).toBe('FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0)');
    expect(errors!.Metrics.slice(1).map(({ MetricStat }) => MetricStat!.Metric.Dimensions)).toEqual(
      ['GetRecord', 'BatchGetRecord', 'PutRecord'].map((operation) => [
        { Name: 'FeatureGroupName', Value: 'acme-customers' },
        { Name: 'OperationName', Value: operation },
      ]),
    );
  });

  test('is quiet until a threshold is passed twice', () => {
    expect(monitored()).toMatchObject([
      { Threshold: 5, EvaluationPeriods: 3, DatapointsToAlarm: 2, ComparisonOperator: 'GreaterThanThreshold' },
      { Threshold: 0, TreatMissingData: 'notBreaching' },
    ]);
    expect(monitored({ errors: 50, throttles: 10 })).toMatchObject([{ Threshold: 50 }, { Threshold: 10 }]);
  });

  test.each([{ errors: -1 }, { errors: 100_001 }, { throttles: 0.5 }])('refuses %j', (overrides) => {
    expect(() => monitored(overrides)).toThrow(/IntegerOutOfRange, at Test\/Watch/);
  });
});
