import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ModelQueries } from './server-spec';

/**
 * Golden signals of one model version.
 *
 * `queries` are what the metric workspace answers. The methods are the same signals in CloudWatch, in the namespace given, with
 * the dimensions `Model` and `Version`: they have data where something publishes them, which `InferenceMonitoring` arranges.
 */
export class InferenceServiceMetrics {
  /** PromQL expressions, one number each. */
  public readonly queries: ModelQueries;
  readonly #namespace: string;
  readonly #dimensionsMap: Record<string, string>;

  /**
   * @param queries what to ask the metric workspace
   * @param namespace CloudWatch namespace
   * @param dimensionsMap dimensions of every metric
   */
  constructor(queries: ModelQueries, namespace: string, dimensionsMap: Record<string, string>) {
    this.queries = queries;
    this.#namespace = namespace;
    this.#dimensionsMap = dimensionsMap;
  }

  /** Answered requests; a sum per 5 minutes. */
  public requests(options?: MetricOptions): Metric {
    return this.metric('ModelRequests', Stats.SUM, options);
  }

  /** Requests that failed by the fault of the server; a sum per 5 minutes. */
  public errors(options?: MetricOptions): Metric {
    return this.metric('ModelErrors', Stats.SUM, options);
  }

  /** Time from request to answer in seconds; the 95th percentile per 5 minutes. */
  public latency(options?: MetricOptions): Metric {
    return this.metric('ModelLatency', Stats.percentile(95), options);
  }

  /** Requests being answered; the maximum per 5 minutes. */
  public running(options?: MetricOptions): Metric {
    return this.metric('ModelRunning', Stats.MAXIMUM, options);
  }

  /** Time to the first token in seconds; the 95th percentile per 5 minutes. Language models only. */
  public timeToFirstToken(options?: MetricOptions): Metric {
    return this.metric('ModelTimeToFirstToken', Stats.percentile(95), options);
  }

  /** Requests that wait for a free slot; the maximum per 5 minutes. Language models only. */
  public queueDepth(options?: MetricOptions): Metric {
    return this.metric('ModelQueueDepth', Stats.MAXIMUM, options);
  }

  /** Fill of the key-value cache, 0 to 1; the maximum per 5 minutes. Language models only. */
  public keyValueCacheUsage(options?: MetricOptions): Metric {
    return this.metric('ModelKeyValueCacheUsage', Stats.MAXIMUM, options);
  }

  private metric(metricName: string, statistic: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: this.#namespace,
      metricName,
      dimensionsMap: this.#dimensionsMap,
      statistic,
      period: Duration.minutes(5),
      ...options,
    });
  }
}
