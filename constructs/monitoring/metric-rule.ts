import type { Owner } from '../core/owner';

/** A PromQL expression whose result is kept as a series of its own. */
export interface RecordingRule {
  /** Name of the series, for example `model:errors:ratio5m`. */
  readonly record: string;
  /** PromQL. */
  readonly expr: string;
  /** Labels put on the series. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A PromQL condition that somebody is told about. */
export interface AlertingRule {
  /** Name of the alert, in PascalCase. */
  readonly alert: string;
  /** PromQL that has a result while something is wrong. */
  readonly expr: string;
  /** How long it must hold, for example `5m`. */
  readonly for: string;
  /** What is wrong, in one sentence. */
  readonly meaning: string;
  /** Who is told, and what they do. */
  readonly owner: Owner;
  /** Section of the runbook, in kebab-case. */
  readonly runbookSection: string;
  /** Labels put on the alert. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  /** Name of the group. */
  readonly name: string;
  /** Rules, in order. */
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** A rule as Prometheus reads it. */
export function prometheusRule(rule: RecordingRule | AlertingRule): object {
  if ('record' in rule) return { record: rule.record, expr: rule.expr, ...(rule.labels && { labels: rule.labels }) };
  const { owner } = rule;
  return {
    alert: rule.alert,
    expr: rule.expr,
    for: rule.for,
    labels: { owner: owner.team, ...rule.labels },
    annotations: {
      summary: rule.meaning,
      contact: owner.contact,
      runbook: `${owner.runbook}#${rule.runbookSection}`,
    },
  };
}
