import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { METRIC_NAMESPACE } from './private/measure';

/** Metrics of a `TrainingPipeline`. */
export class TrainingPipelineMetrics {
  readonly #stateMachine: IStateMachine;
  readonly #model: string;

  constructor(stateMachine: IStateMachine, model: string) {
    this.#stateMachine = stateMachine;
    this.#model = model;
  }

  /** Executions started. */
  public started(options?: MetricOptions): Metric {
    return this.#stateMachine.metricStarted(options);
  }

  /** Executions that did not end in a registered version, rejections included. */
  public failed(options?: MetricOptions): Metric {
    return this.#stateMachine.metricFailed(options);
  }

  /** Time from submission to the end, reviews included. */
  public duration(options?: MetricOptions): Metric {
    return this.#stateMachine.metricTime(options);
  }

  /** Versions refused, with the reason in the ledger. */
  public rejected(options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: 'Rejected',
      dimensionsMap: { Model: this.#model },
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
    });
  }
}
