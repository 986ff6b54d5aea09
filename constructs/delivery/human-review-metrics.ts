import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from './private/measure';

/** Metrics of a `HumanReview`. */
export class HumanReviewMetrics {
  /** Seconds from the request of a review to its decision. */
  public age(model: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: 'ReviewAge',
      dimensionsMap: { Model: model },
      statistic: 'Maximum',
      period: Duration.hours(1),
      ...options,
    });
  }
}
