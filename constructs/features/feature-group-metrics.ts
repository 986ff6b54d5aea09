import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** Operation of the online store. */
export type FeatureOperation = 'GetRecord' | 'BatchGetRecord' | 'PutRecord';

/**
 * Metrics that SageMaker publishes about the online store of a `FeatureGroup`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-feature-store
 */
export class FeatureGroupMetrics {
  readonly #featureGroupName: string;

  /** Builds the metrics of the group of this name. */
  constructor(featureGroupName: string) {
    this.#featureGroupName = featureGroupName;
  }

  /** Requests; a sum per 5 minutes. */
  public requests(operation: FeatureOperation, options?: MetricOptions): Metric {
    return this.metric('Invocations', operation, Stats.SUM, options);
  }

  /** Requests that failed by the fault of the service; a sum per 5 minutes. */
  public errors(operation: FeatureOperation, options?: MetricOptions): Metric {
    return this.metric('Operation5XXErrors', operation, Stats.SUM, options);
  }

  /** Requests over the limit of the account; a sum per 5 minutes. */
  public throttles(operation: FeatureOperation, options?: MetricOptions): Metric {
    return this.metric('ThrottledRequests', operation, Stats.SUM, options);
  }

  /** Time to answer in microseconds; the 95th percentile per 5 minutes. */
  public latency(operation: FeatureOperation, options?: MetricOptions): Metric {
    return this.metric('Latency', operation, Stats.percentile(95), options);
  }

  private metric(
    metricName: string,
    operation: FeatureOperation,
    statistic: string,
    options: MetricOptions = {},
  ): Metric {
    return new Metric({
      namespace: 'AWS/SageMaker/FeatureStore',
      metricName,
      dimensionsMap: { FeatureGroupName: this.#featureGroupName, OperationName: operation },
      statistic,
      period: Duration.minutes(5),
      ...options,
    });
  }
}
