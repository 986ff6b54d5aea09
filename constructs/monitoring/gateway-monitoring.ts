import { ComparisonOperator, type IAlarmAction, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { OwnedAlarm } from '../core/owned-alarm';
import type { Owner } from '../core/owner';
import { integer, numberBetween, requireNone } from '../core/validate';

/** Metrics of an edge that is watched: `GatewayEdge.metrics` has them. */
export interface IMonitoredEdge {
  /** Answers with 5xx of the gateway or a model. */
  targetErrors(): IMetric;
  /** Answers with 5xx of the load balancer itself. */
  edgeErrors(): IMetric;
  /** 95th percentile of the seconds to the first byte. */
  latency(): IMetric;
  /** Proxies that take requests. */
  healthyProxies(): IMetric;
  /** Requests that the firewall refused. */
  blocked(): IMetric;
}

/** Properties for `GatewayMonitoring`. */
export interface GatewayMonitoringProps {
  /** Metrics of the edge. */
  readonly metrics: IMonitoredEdge;
  /** Who is told. */
  readonly owner: Owner;
  /** Where alarms go. */
  readonly notify: IAlarmAction;

  /**
   * Answers with 5xx per minute that are still fine, 0 to 100,000.
   *
   * @default 10
   */
  readonly errorsPerMinute?: number;

  /**
   * Seconds to the first byte that are still fine, 95th percentile, 0.001 to 600.
   *
   * @default 5
   */
  readonly latencySeconds?: number;

  /**
   * Requests refused by the firewall per minute that are still fine, 1 to 1,000,000.
   *
   * @default 1000
   */
  readonly blockedPerMinute?: number;
}

/**
 * Alarms of the public edge: errors, latency, proxies, abuse. Each has an owner and a runbook. Costs about 0.50 USD per month.
 */
export class GatewayMonitoring extends Construct {
  /** The alarms, by construct id. */
  public readonly alarms: Readonly<Record<string, OwnedAlarm>>;

  /** @throws PlatformError `IntegerOutOfRange`, `NumberOutOfRange` */
  constructor(scope: Construct, id: string, props: GatewayMonitoringProps) {
    super(scope, id);
    const { metrics, errorsPerMinute = 10, latencySeconds = 5, blockedPerMinute = 1000 } = props;
    requireNone(
      this,
      integer('errorsPerMinute', errorsPerMinute, 0, 100_000, 'answers per minute'),
      numberBetween('latencySeconds', latencySeconds, 0.001, 600, 'seconds'),
      integer('blockedPerMinute', blockedPerMinute, 1, 1_000_000, 'requests per minute'),
    );
    const above = (alarmId: string, metric: IMetric, threshold: number, meaning: string, runbookSection: string) =>
      new OwnedAlarm(this, alarmId, {
        metric,
        threshold,
        meaning,
        runbookSection,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        owner: props.owner,
        notify: props.notify,
      });
    this.alarms = {
      Errors: above(
        'Errors',
        metrics.targetErrors(),
        errorsPerMinute,
        'The gateway or a model answers with 5xx.',
        'gateway-errors',
      ),
      EdgeErrors: above(
        'EdgeErrors',
        metrics.edgeErrors(),
        errorsPerMinute,
        'The load balancer finds no proxy that answers.',
        'edge-errors',
      ),
      Latency: above(
        'Latency',
        metrics.latency(),
        latencySeconds,
        'Callers wait too long for the first byte.',
        'gateway-latency',
      ),
      Blocked: above(
        'Blocked',
        metrics.blocked(),
        blockedPerMinute,
        'The firewall refuses unusually many requests.',
        'firewall-blocks',
      ),
      Proxies: this.proxyAlarm(props),
    };
  }

  private proxyAlarm({ metrics, owner, notify }: GatewayMonitoringProps): OwnedAlarm {
    return new OwnedAlarm(this, 'Proxies', {
      metric: metrics.healthyProxies(),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      meaning: 'No proxy takes requests.',
      runbookSection: 'no-proxies',
      owner,
      notify,
    });
  }
}
