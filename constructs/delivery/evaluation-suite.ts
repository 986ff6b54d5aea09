import type { Problem } from '../core/errors';
import { countBetween, pinnedImage, unique, when } from '../core/validate';
import type { MetricGate } from './promotion-gate/judge';

/** Properties for `EvaluationSuite`. */
export interface EvaluationSuiteProps {
  /** Image of the evaluation container, pinned by digest. */
  readonly image: string;

  /** Metrics that its `evidence.json` holds, 1 to 200. */
  readonly metrics: readonly string[];

  /**
   * Parameters of the container.
   *
   * @default - none
   */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * How a model is evaluated: a container that gets the candidate and the dataset and writes `evidence.json`, and the metrics that
 * it promises there. A gate on a metric that is not promised is refused at synth.
 */
export class EvaluationSuite {
  /** Image of the evaluation container. */
  public readonly image: string;

  /** Metrics of the evidence. */
  public readonly metrics: readonly string[];

  /** Parameters of the container. */
  public readonly parameters: Readonly<Record<string, string>>;

  constructor(props: EvaluationSuiteProps) {
    this.image = props.image;
    this.metrics = props.metrics;
    this.parameters = props.parameters ?? {};
  }

  /** What is wrong with this suite and with `gates` on it. */
  public problems(gates: readonly MetricGate[]): Problem[] {
    return [
      ...pinnedImage('evaluation.image', this.image),
      ...countBetween('evaluation.metrics', this.metrics.length, 1, 200, 'metrics'),
      ...unique('evaluation.metrics', this.metrics),
      ...countBetween('gates', gates.length, 1, 20, 'gates'),
      ...gates.flatMap((gate, index) => this.#gateProblems(gate, `gates[${index}]`)),
    ];
  }

  #gateProblems({ metric, atLeast, atMost, maxRegression }: MetricGate, prop: string): Problem[] {
    const bounds = [atLeast, atMost, maxRegression].filter((value) => value !== undefined);
    return [
      ...when(
        !this.metrics.includes(metric),
        'UnknownMetric',
        `'${prop}.metric' must be a metric of the evaluation (${this.metrics.join(', ')}), got '${metric}'`,
      ),
      ...when(
        atLeast === undefined && atMost === undefined,
        'GateWithoutBound',
        `'${prop}' must have 'atLeast', 'atMost' or both, got neither`,
      ),
      ...when(
        maxRegression !== undefined && atLeast !== undefined && atMost !== undefined,
        'GateAmbiguous',
        `'${prop}.maxRegression' needs exactly one of 'atLeast' and 'atMost' to know what is worse, got both`,
      ),
      ...when(
        bounds.some((value) => !Number.isFinite(value)) || (maxRegression ?? 0) < 0,
        'NumberOutOfRange',
        `'${prop}' must have finite bounds and a 'maxRegression' of at least 0, got ${JSON.stringify(bounds)}`,
      ),
      ...when(
        atLeast !== undefined && atMost !== undefined && atLeast > atMost,
        'GateImpossible',
        `'${prop}' can never hold: 'atLeast' ${atLeast} is larger than 'atMost' ${atMost}`,
      ),
    ];
  }
}
