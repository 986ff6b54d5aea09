import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IAlarmAction, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { OwnedAlarm } from '../core/owned-alarm';
import { integer, requireNone } from '../core/validate';
import type { FeatureGroup } from './feature-group';
import type { FeatureOperation } from './feature-group-metrics';

/** Properties for `FeatureMonitoring`. */
export interface FeatureMonitoringProps {
  /** Group that is watched; it must be online. */
  readonly group: FeatureGroup;

  /**
   * Failed requests in five minutes that are still fine, 0 to 100,000.
   *
   * @default 5
   */
  readonly errors?: number;

  /**
   * Throttled requests in five minutes that are still fine, 0 to 100,000.
   *
   * @default 0
   */
  readonly throttles?: number;

  /**
   * Where the alarms are sent.
   *
   * @default - nowhere
   */
  readonly notify?: IAlarmAction;
}

const OPERATIONS: readonly FeatureOperation[] = ['GetRecord', 'BatchGetRecord', 'PutRecord'];

/**
 * Alarms of the online store of one feature group: errors and throttles, sent to the owner of the group.
 *
 * Costs about 0.60 USD per month: two alarms on three metrics each.
 */
export class FeatureMonitoring extends Construct {
  /** The alarms, by construct id. */
  public readonly alarms: Readonly<Record<string, OwnedAlarm>>;

  /** @throws PlatformError `IntegerOutOfRange` */
  constructor(scope: Construct, id: string, props: FeatureMonitoringProps) {
    super(scope, id);
    const { group, errors = 5, throttles = 0, notify } = props;
    requireNone(
      this,
      integer('errors', errors, 0, 100_000, 'requests'),
      integer('throttles', throttles, 0, 100_000, 'requests'),
    );
    const above = (alarmId: string, metric: IMetric, threshold: number, meaning: string, runbookSection: string) =>
      new OwnedAlarm(this, alarmId, {
        metric,
        threshold,
        meaning: `${group.featureGroupName}: ${meaning}`,
        runbookSection,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        owner: group.owner,
        notify,
      });
    const { metrics } = group;
    this.alarms = {
      Errors: above(
        'Errors',
        sum('errors', (operation) => metrics.errors(operation)),
        errors,
        'reads or writes of the online store fail.',
        'feature-store-errors',
      ),
      Throttles: above(
        'Throttles',
        sum('throttles', (operation) => metrics.throttles(operation)),
        throttles,
        'the account is over its limit of feature store requests.',
        'feature-store-throttles',
      ),
    };
  }
}

/** Sum of one metric over every operation; an operation without data counts as none. */
function sum(label: string, metricOf: (operation: FeatureOperation) => IMetric): MathExpression {
  const usingMetrics = Object.fromEntries(OPERATIONS.map((operation, index) => [`m${index}`, metricOf(operation)]));
  return new MathExpression({
    label,
    expression: Object.keys(usingMetrics)
      .map((name) => `FILL(${name}, 0)`)
      .join(' + '),
    usingMetrics,
    period: Duration.minutes(5),
  });
}
