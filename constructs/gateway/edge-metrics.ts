import { Duration } from 'aws-cdk-lib';
import { type IMetric, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { WebAcl } from './web-acl';

const period = Duration.minutes(1);

/** Metrics of a `GatewayEdge`, one minute each. */
export class EdgeMetrics {
  /** Builds the metrics of an edge from its parts. */
  public static fromEdge(
    loadBalancer: ApplicationLoadBalancer,
    targetGroup: ApplicationTargetGroup,
    webAcl: WebAcl,
  ): EdgeMetrics {
    return new EdgeMetrics(loadBalancer, targetGroup, webAcl);
  }

  readonly #loadBalancer: ApplicationLoadBalancer;
  readonly #targetGroup: ApplicationTargetGroup;
  readonly #webAcl: WebAcl;

  private constructor(loadBalancer: ApplicationLoadBalancer, targetGroup: ApplicationTargetGroup, webAcl: WebAcl) {
    this.#loadBalancer = loadBalancer;
    this.#targetGroup = targetGroup;
    this.#webAcl = webAcl;
  }

  /** Requests that reached the load balancer. */
  public requests(): Metric {
    return this.#loadBalancer.metrics.requestCount({ period });
  }

  /** Answers with 5xx that the gateway or a model gave. */
  public targetErrors(): Metric {
    return this.#loadBalancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period });
  }

  /** Answers with 5xx that the load balancer gave itself: no healthy proxy, or a proxy that cut the connection. */
  public edgeErrors(): Metric {
    return this.#loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period });
  }

  /** Seconds until the first byte of the answer. */
  public latency(statistic: string = Stats.percentile(95)): Metric {
    return this.#loadBalancer.metrics.targetResponseTime({ period, statistic });
  }

  /** Proxies that fail their health check. */
  public unhealthyProxies(): Metric {
    return this.#targetGroup.metrics.unhealthyHostCount({ period });
  }

  /** Proxies that take requests. */
  public healthyProxies(): Metric {
    return this.#targetGroup.metrics.healthyHostCount({ period });
  }

  /** Requests that the firewall refused. */
  public blocked(): IMetric {
    return this.#webAcl.metricBlocked();
  }
}
