import { type Evidence, finiteMetrics } from './evidence';

/** A condition on one metric of the evidence. At least one of `atLeast` and `atMost`. */
export interface MetricGate {
  /** Name of the metric in the evidence, for example `accuracy`. */
  readonly metric: string;
  /** Smallest value that passes, inclusive. */
  readonly atLeast?: number;
  /** Largest value that passes, inclusive. */
  readonly atMost?: number;
  /**
   * How much worse than the newest registered version the candidate may be, in units of the metric. What is better follows
   * from the bound given: `atLeast` means larger, `atMost` means smaller.
   *
   * @default - no comparison
   */
  readonly maxRegression?: number;
}

/** Evidence of the version to compare with. */
export interface Baseline {
  readonly version: string;
  readonly evidence: Evidence;
}

/** What the gate looks at. */
export interface Exhibit {
  readonly gates: readonly MetricGate[];
  readonly evidence: Evidence;
  /** What was asked for. */
  readonly request: {
    readonly model: string;
    readonly dataset: string;
    readonly datasetVersion: string;
    readonly datasetDigest: string;
  };
  /** Digest of the candidate's bytes as they lie in the store. */
  readonly artifactDigest: string;
  /** Newest registered version; undefined for the first one. */
  readonly baseline?: Baseline;
}

/** The gate's answer, with a reason for everything that is not a plain pass. */
export interface Verdict {
  readonly verdict: 'pass' | 'fail' | 'needs-human';
  readonly reasons: readonly string[];
}

/**
 * Judges a candidate by its evidence.
 *
 * Evidence of another artefact or dataset fails; so does a metric that is missing or not a finite number. What a machine
 * cannot decide (no fair comparison, held-out data that training may have seen) goes to a human.
 */
export function judge(exhibit: Exhibit): Verdict {
  const failures = [
    ...bindingProblems(exhibit),
    ...exhibit.gates.flatMap((gate) => boundProblems(gate, exhibit.evidence)),
  ];
  if (exhibit.gates.length === 0) failures.push('no gate is declared, so nothing can pass');
  const { worse, doubtful } = compare(exhibit);
  failures.push(...worse);
  if (failures.length > 0) return { verdict: 'fail', reasons: failures };
  if (exhibit.evidence.heldOutIndependent === false) {
    doubtful.push('the evaluation cannot show that training never saw the held-out rows');
  }
  return doubtful.length > 0
    ? { verdict: 'needs-human', reasons: doubtful }
    : { verdict: 'pass', reasons: [`${exhibit.gates.length} of ${exhibit.gates.length} gates hold`] };
}

function bindingProblems({ evidence, request, artifactDigest }: Exhibit): string[] {
  const { model, dataset } = evidence;
  return [
    differs('evidence: model name', request.model, model.name),
    differs('evidence: model digest', artifactDigest, model.digest),
    differs('evidence: dataset name', request.dataset, dataset.name),
    differs('evidence: dataset version', request.datasetVersion, dataset.version),
    differs('evidence: dataset digest', request.datasetDigest, dataset.digest),
    ...(model.trainedOn
      ? [differs('artefact: dataset it was trained on', request.datasetDigest, model.trainedOn.digest)]
      : []),
    dataset.rows > 0 ? [] : ['evidence: no row was evaluated'],
  ].flat();
}

function differs(what: string, expected: string, found: string): string[] {
  return expected === found ? [] : [`${what} is '${found}', must be '${expected}'`];
}

function boundProblems(gate: MetricGate, evidence: Evidence): string[] {
  const value = evidence.metrics[gate.metric];
  if (value === undefined) return [`${gate.metric} is missing from the evidence`];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return [`${gate.metric} is ${JSON.stringify(value)}, must be a finite number`];
  }
  if (gate.atLeast === undefined && gate.atMost === undefined) return [`the gate on ${gate.metric} has no bound`];
  const reasons: string[] = [];
  if (gate.atLeast !== undefined && value < gate.atLeast)
    reasons.push(`${gate.metric} is ${value}, must be at least ${gate.atLeast}`);
  if (gate.atMost !== undefined && value > gate.atMost)
    reasons.push(`${gate.metric} is ${value}, must be at most ${gate.atMost}`);
  return reasons;
}

function compare({ gates, evidence, baseline }: Exhibit): { worse: string[]; doubtful: string[] } {
  const compared = gates.filter((gate) => gate.maxRegression !== undefined);
  if (compared.length === 0) return { worse: [], doubtful: [] };
  if (!baseline) return { worse: [], doubtful: ['there is no registered version to compare with'] };
  if (baseline.evidence.dataset.digest !== evidence.dataset.digest) {
    const reason = `version ${baseline.version} was evaluated on another dataset (${baseline.evidence.dataset.digest}), so the comparison is not fair`;
    return { worse: [], doubtful: [reason] };
  }
  const [ours, theirs] = [finiteMetrics(evidence), finiteMetrics(baseline.evidence)];
  const worse: string[] = [];
  const doubtful: string[] = [];
  for (const { metric, atLeast, maxRegression = 0 } of compared) {
    const [value, before] = [ours[metric], theirs[metric]];
    if (value === undefined) continue;
    if (before === undefined) {
      doubtful.push(`version ${baseline.version} has no ${metric} to compare with`);
      continue;
    }
    const loss = atLeast === undefined ? value - before : before - value;
    // Differences of decimal fractions are not exact: 0.95 - 0.93 is more than 0.02.
    if (loss > maxRegression + 1e-12) {
      worse.push(
        `${metric} is ${value}, version ${baseline.version} has ${before}: worse by more than ${maxRegression}`,
      );
    }
  }
  return { worse, doubtful };
}
