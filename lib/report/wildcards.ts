import { CfnResource, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { flatten, type WildcardEntry } from '../../constructs/core/permission-ledger';
import type { ReportedTemplate } from './templates';

/** One permission that ends in, or is, a `*`. */
export interface Wildcard {
  /** Path of the policy. */
  readonly path: string;
  /** `Action::...` or `Resource::...`, references written as `<LogicalId.Attribute>`. */
  readonly wildcard: string;
  /** Why nothing narrower works; empty when nobody said. */
  readonly reason: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

/** Every wildcard that the roles of `stack` are allowed, with the reason from the ledger. */
export function wildcardsOf(
  stack: Stack,
  template: ReportedTemplate,
  ledger: readonly { readonly node: IConstruct; readonly entry: WildcardEntry }[],
  exports: ReadonlyMap<string, unknown>,
): Wildcard[] {
  const paths = pathsByLogicalId(stack);
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties = {} }]) => {
    const documents =
      Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy'
        ? [Properties['PolicyDocument']]
        : Type === 'AWS::IAM::Role'
          ? ((Properties['Policies'] as { PolicyDocument: unknown }[] | undefined) ?? []).map(
              (policy) => policy.PolicyDocument,
            )
          : [];
    const path = paths.get(logicalId) ?? logicalId;
    const found = documents
      .flatMap((document) => (document as { Statement: Statement[] }).Statement)
      .flatMap((statement) => inStatement(statement, exports));
    return [...new Set(found)].map((wildcard) => ({ path, wildcard, reason: reasonFor(path, wildcard, ledger) }));
  });
}

function inStatement({ Effect, Action, Resource }: Statement, exports: ReadonlyMap<string, unknown>): string[] {
  if (Effect !== 'Allow') return [];
  const starred = (kind: string, value: unknown) =>
    [value]
      .flat()
      .map((item) => flatten(item, exports))
      .filter((text) => text.includes('*'))
      .map((text) => `${kind}::${text}`);
  return [...starred('Action', Action), ...starred('Resource', Resource)];
}

/** The entry of the policy itself or of the nearest construct above it; a grantee's entry also covers the policy beside it. */
function reasonFor(
  path: string,
  wildcard: string,
  ledger: readonly { readonly node: IConstruct; readonly entry: WildcardEntry }[],
): string {
  const fitting = ledger
    .filter(
      ({ node, entry }) =>
        entry.wildcards.includes(wildcard) && (path === node.node.path || path.startsWith(`${node.node.path}/`)),
    )
    .toSorted((a, b) => b.node.node.path.length - a.node.node.path.length);
  return fitting[0]?.entry.reason ?? '';
}

function pathsByLogicalId(stack: Stack): Map<string, string> {
  return new Map(
    stack.node
      .findAll()
      .filter(CfnResource.isCfnResource)
      .map((resource) => [String(stack.resolve(resource.logicalId)), resource.node.path]),
  );
}
