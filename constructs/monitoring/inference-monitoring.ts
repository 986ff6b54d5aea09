import { Duration } from 'aws-cdk-lib';
import type { CfnRuleGroupsNamespace } from 'aws-cdk-lib/aws-aps';
import { Construct } from 'constructs';
import type { Owner } from '../core/owner';
import { duration, matches, numberBetween, requireNone } from '../core/validate';
import type { ModelQueries } from '../inference/server-spec';
import type { AlertingRule, RuleGroup } from './metric-rule';
import type { MetricWorkspace } from './metric-workspace';

/** A model that is watched: `InferenceService` is one. */
export interface IMonitoredModel {
  /** Name of the model. */
  readonly modelName: string;
  /** Version of the model. */
  readonly modelVersion: string;
  /** Who is told. */
  readonly owner: Owner;
  /** What to ask the workspace. */
  readonly metrics: { readonly queries: ModelQueries };
}

/** Properties for `InferenceMonitoring`. */
export interface InferenceMonitoringProps {
  /** Workspace that holds the metrics of the model. */
  readonly workspace: MetricWorkspace;

  /** The model. */
  readonly model: IMonitoredModel;

  /**
   * 95th percentile of the latency that is still fine, 1 millisecond to 10 minutes.
   *
   * @default Duration.seconds(2)
   */
  readonly latency?: Duration;

  /**
   * Share of failed requests that is still fine, 0 to 1.
   *
   * @default 0.01
   */
  readonly errorRatio?: number;

  /**
   * Requests that may wait for a free slot, 1 to 10,000; language models only.
   *
   * @default 8
   */
  readonly queueDepth?: number;
}

/**
 * The golden signals of one model version: latency, errors, traffic, saturation, as recorded series and alerts.
 *
 * Every alert names model, version, owner and runbook. A model whose metrics are gone raises an alert too: no data is not good
 * news. Costs the queries of its rules.
 *
 * @see https://sre.google/sre-book/monitoring-distributed-systems/
 */
export class InferenceMonitoring extends Construct {
  /** The rules, before they are written. */
  public readonly groups: readonly RuleGroup[];

  /** Rules in the workspace. */
  public readonly resource: CfnRuleGroupsNamespace;

  /** @throws PlatformError `DurationOutOfRange`, `NumberOutOfRange`, `InvalidFormat` */
  constructor(scope: Construct, id: string, props: InferenceMonitoringProps) {
    super(scope, id);
    const { workspace, model, latency = Duration.seconds(2), errorRatio = 0.01, queueDepth = 8 } = props;
    requireNone(
      this,
      duration('latency', latency, 0.001, 600),
      numberBetween('errorRatio', errorRatio, 0, 1, 'failed requests per request'),
      numberBetween('queueDepth', queueDepth, 1, 10_000, 'requests'),
      matches('model.owner.contact', model.owner.contact, /\S/, 'the address of who is told'),
    );

    this.groups = [
      { name: `${model.modelName}-signals`, rules: signals(model) },
      {
        name: `${model.modelName}-alerts`,
        rules: alerts(model, latency.toSeconds({ integral: false }), errorRatio, queueDepth),
      },
    ];
    this.resource = workspace.addRules(this, model.modelName, this.groups);
  }
}

const labelsOf = ({ modelName, modelVersion }: IMonitoredModel) => ({ model: modelName, version: modelVersion });

/** One series per signal; a signal that the server does not have has none. */
function signals(model: IMonitoredModel): RuleGroup['rules'] {
  const { requests, errors, latency, running, timeToFirstToken, queueDepth, keyValueCacheUsage } =
    model.metrics.queries;
  const named: [string, string | undefined][] = [
    ['model:requests:rate5m', requests],
    ['model:errors:ratio5m', `(${errors} or vector(0)) / (${requests} > 0)`],
    ['model:latency_seconds:p95_5m', latency],
    ['model:running', running],
    ['model:time_to_first_token_seconds:p95_5m', timeToFirstToken],
    ['model:queue_depth', queueDepth],
    ['model:kv_cache_usage:max', keyValueCacheUsage],
  ];
  return named.flatMap(([record, expr]) => (expr === undefined ? [] : [{ record, expr, labels: labelsOf(model) }]));
}

function alerts(model: IMonitoredModel, latency: number, errorRatio: number, queueDepth: number): AlertingRule[] {
  const { modelName, modelVersion, owner, metrics } = model;
  const series = (name: string) => `${name}{model="${modelName}",version="${modelVersion}"}`;
  const alert = (name: string, expr: string, meaning: string, runbookSection: string): AlertingRule => ({
    alert: name,
    expr,
    for: '5m',
    meaning: `${modelName}@${modelVersion}: ${meaning}`,
    owner,
    runbookSection,
    labels: labelsOf(model),
  });
  return [
    alert(
      'ModelErrors',
      `${series('model:errors:ratio5m')} > ${errorRatio}`,
      `more than ${errorRatio * 100} % of requests fail.`,
      'model-errors',
    ),
    alert(
      'ModelSlow',
      `${series('model:latency_seconds:p95_5m')} > ${latency}`,
      `the 95th percentile of the latency is above ${latency} s.`,
      'model-slow',
    ),
    alert(
      'ModelSilent',
      `absent(${series('model:running')})`,
      'no metrics arrive: no replica runs, or none is scraped.',
      'model-silent',
    ),
    ...(metrics.queries.queueDepth
      ? [
          alert(
            'ModelSaturated',
            `${series('model:queue_depth')} > ${queueDepth}`,
            `more than ${queueDepth} requests wait.`,
            'model-saturated',
          ),
        ]
      : []),
  ];
}
