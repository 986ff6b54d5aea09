import type { App } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import {
  FINDING_METADATA,
  type FindingEntry,
  WILDCARD_METADATA,
  type WildcardEntry,
} from '../../constructs/core/permission-ledger';
import { type Cost, restingCost } from './cost';
import { type Relaxation } from './relaxations';
import { exportedValues, stackTemplates } from './templates';
import { type Wildcard, wildcardsOf } from './wildcards';

/** One stack in the report. */
export interface StackReport {
  /** Path, for example `DataPlane-main/Cluster`. */
  readonly path: string;
  readonly stackName: string;
  readonly description: string;
  /** Whether the stack resists deletion. */
  readonly protectedFromDeletion: boolean;
  /** How many resources there are of each type, by type. */
  readonly resources: Readonly<Record<string, number>>;
  /** Logical ids of what stays when the stack is deleted, with type. */
  readonly retained: readonly { readonly logicalId: string; readonly type: string }[];
  /** Permissions with a `*`, each with its reason. */
  readonly wildcards: readonly Wildcard[];
}

/** An exception from a rule. */
export interface ExceptionReport extends FindingEntry {
  /** Path of the construct. */
  readonly path: string;
}

/** The whole report. */
export interface PlatformReport {
  readonly platform: string;
  readonly stages: readonly { readonly name: string; readonly stacks: readonly StackReport[] }[];
  readonly relaxations: readonly Relaxation[];
  readonly exceptions: readonly ExceptionReport[];
  readonly cost: Cost;
  readonly totals: {
    readonly stacks: number;
    readonly resources: number;
    readonly retained: number;
    readonly wildcards: number;
    readonly unexplained: number;
  };
}

/** Reads a report off a synthesised app. */
export function platformReport(app: App, platform: string, given: readonly Relaxation[]): PlatformReport {
  const nodes = app.node.findAll();
  const ledger = entries<WildcardEntry>(nodes, WILDCARD_METADATA);
  const templates = stackTemplates(app);
  const exports = exportedValues(templates.map(({ template }) => template));
  const stacks = templates.map(({ stack, template }): StackReport => {
    const resources = Object.entries(template.Resources ?? {}).filter(([, { Type }]) => Type !== 'AWS::CDK::Metadata');
    return {
      path: stack.node.path,
      stackName: stack.stackName,
      description: stack.templateOptions.description ?? '',
      protectedFromDeletion: stack.terminationProtection ?? false,
      resources: countBy(resources.map(([, { Type }]) => Type)),
      retained: resources
        .filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'))
        .map(([logicalId, { Type }]) => ({ logicalId, type: Type })),
      wildcards: wildcardsOf(stack, template, ledger, exports),
    };
  });
  const sum = (of: (stack: StackReport) => number) => stacks.reduce((total, stack) => total + of(stack), 0);
  return {
    platform,
    stages: byStage(stacks),
    relaxations: given,
    exceptions: entries<FindingEntry>(nodes, FINDING_METADATA).map(({ node, entry }) => ({
      path: node.node.path,
      ...entry,
    })),
    cost: restingCost(templates.map(({ template }) => template)),
    totals: {
      stacks: stacks.length,
      resources: sum((stack) => Object.values(stack.resources).reduce((a, b) => a + b, 0)),
      retained: sum((stack) => stack.retained.length),
      wildcards: sum((stack) => stack.wildcards.length),
      unexplained: sum((stack) => stack.wildcards.filter((wildcard) => !wildcard.reason).length),
    },
  };
}

function entries<T>(nodes: readonly IConstruct[], key: string): { node: IConstruct; entry: T }[] {
  return nodes.flatMap((node) =>
    node.node.metadata.filter(({ type }) => type === key).map(({ data }) => ({ node, entry: data as T })),
  );
}

function countBy(types: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of types.toSorted()) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function byStage(stacks: readonly StackReport[]): PlatformReport['stages'] {
  const names = [...new Set(stacks.map(({ path }) => path.split('/')[0]!))];
  return names.map((name) => ({ name, stacks: stacks.filter(({ path }) => path.startsWith(`${name}/`)) }));
}
