import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ModelQueries } from './server-spec';

/** Where the pods of a service run. */
export interface ServiceDimensions {
  /** Name of the cluster; may be a CDK token. */
  readonly clusterName: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Name of the Kubernetes Service. */
  readonly serviceName: string;
}

/**
 * Metrics of one model version.
 *
 * What the server counts (requests, errors, latency, time to first token, ...) is scraped into the metric workspace: `queries`
 * asks for it. What the pods use is published in CloudWatch by the `amazon-cloudwatch-observability` add-on: the methods.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html
 */
export class InferenceServiceMetrics {
  /** PromQL expressions, one number each. */
  public readonly queries: ModelQueries;
  readonly #dimensionsMap: Record<string, string>;

  /**
   * @param queries what to ask the metric workspace
   * @param service where the pods run
   */
  constructor(queries: ModelQueries, { clusterName, namespace, serviceName }: ServiceDimensions) {
    this.queries = queries;
    this.#dimensionsMap = { ClusterName: clusterName, Namespace: namespace, Service: serviceName };
  }

  /** Pods that run; the minimum per 5 minutes. */
  public runningPods(options?: MetricOptions): Metric {
    return this.metric('service_number_of_running_pods', Stats.MINIMUM, options);
  }

  /** Used share of the CPUs of a node in percent; the average of the pods per 5 minutes. */
  public cpuUtilization(options?: MetricOptions): Metric {
    return this.metric('pod_cpu_utilization', Stats.AVERAGE, options);
  }

  /** Used share of the memory limit in percent; the maximum of the pods per 5 minutes. At 100 a pod is killed. */
  public memoryUtilization(options?: MetricOptions): Metric {
    return this.metric('pod_memory_utilization_over_pod_limit', Stats.MAXIMUM, options);
  }

  private metric(metricName: string, statistic: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: 'ContainerInsights',
      metricName,
      dimensionsMap: this.#dimensionsMap,
      statistic,
      period: Duration.minutes(5),
      ...options,
    });
  }
}
