import type { IConstruct } from 'constructs';

/** A rule that something breaks. */
export interface PolicyFinding {
  /** Rule, with the exact finding where the rule has several, for example `AwsSolutions-IAM5[Resource::*]`. */
  readonly rule: string;
  /** Path of the construct. */
  readonly path: string;
}

/** A policy pack that can look at a construct tree without synthesising it: every pack of cdk-nag is one. */
export interface PolicyPack {
  /** Looks at everything below `scope`. */
  validateScope(scope: IConstruct): {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingResources?: readonly { readonly constructPath?: string; readonly resourceLogicalId?: string }[];
    }[];
  };
}

/**
 * What `pack` finds below `scope` and nobody has acknowledged, sorted.
 *
 * A pack that is not really switched on finds nothing, too: keep a second test that plants a fault and expects it here.
 */
export function policyFindings(scope: IConstruct, pack: PolicyPack): PolicyFinding[] {
  return pack
    .validateScope(scope)
    .violations.flatMap(({ ruleName, violatingResources = [] }) =>
      violatingResources.map((resource) => ({
        rule: ruleName,
        path: resource.constructPath ?? resource.resourceLogicalId ?? '',
      })),
    )
    .toSorted((a, b) => `${a.rule} ${a.path}`.localeCompare(`${b.rule} ${b.path}`, 'en'));
}
