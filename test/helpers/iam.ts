import type { AssembledStack, TemplateResource } from './platform';
import { TemplateResolver } from './resolve';

/** One statement of a policy, with plain ARNs. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
  readonly Principal?: unknown;
}

/** A role of the platform and everything it may do. */
export interface PlatformRole {
  /** Logical id in its stack. */
  readonly logicalId: string;
  readonly stack: AssembledStack;
  readonly arn: string;
  readonly roleName: string;
  readonly statements: readonly Statement[];
  readonly managedPolicies: readonly string[];
  readonly trust: readonly Statement[];
}

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** Actions of a statement. */
export const actionsOf = (statement: Statement): readonly string[] => list(statement.Action);

/** Resources of a statement. */
export const resourcesOf = (statement: Statement): readonly string[] => list(statement.Resource);

/** Every role of the platform with its inline and attached policies. */
export function platformRoles(stacks: readonly AssembledStack[]): PlatformRole[] {
  const resolver = new TemplateResolver(stacks);
  return stacks.flatMap((stack) =>
    ofType(stack, 'AWS::IAM::Role').map(([logicalId, role]) => {
      const inline = list(role.Properties?.['Policies'] as { PolicyDocument: unknown }[] | undefined).map(
        (policy) => policy.PolicyDocument,
      );
      const roleName = String(resolver.resolve({ Ref: logicalId }, stack));
      return {
        logicalId,
        stack,
        roleName,
        arn: resolver.arn(logicalId, stack),
        statements: [...inline, ...attached(stack, logicalId)].flatMap((document) =>
          statements(resolver.resolve(document, stack)),
        ),
        managedPolicies: list(role.Properties?.['ManagedPolicyArns'] as unknown[]).map((arn) =>
          String(resolver.resolve(arn, stack)),
        ),
        trust: statements(resolver.resolve(role.Properties?.['AssumeRolePolicyDocument'], stack)),
      };
    }),
  );
}

/** Policy of a resource, with plain ARNs. */
export function resourcePolicy(
  stacks: readonly AssembledStack[],
  stack: AssembledStack,
  document: unknown,
): { Version: string; Statement: readonly Statement[] } {
  return { Version: '2012-10-17', Statement: statements(new TemplateResolver(stacks).resolve(document, stack)) };
}

function attached(stack: AssembledStack, roleId: string): unknown[] {
  return [...ofType(stack, 'AWS::IAM::Policy'), ...ofType(stack, 'AWS::IAM::ManagedPolicy')]
    .filter(([, policy]) => JSON.stringify(policy.Properties?.['Roles'] ?? []).includes(`"${roleId}"`))
    .map(([, policy]) => policy.Properties?.['PolicyDocument']);
}

/** Resources of one type, by logical id. */
export function ofType(stack: AssembledStack, type: string): [string, TemplateResource][] {
  return Object.entries(stack.template.Resources).filter(([, resource]) => resource.Type === type);
}

function statements(document: unknown): readonly Statement[] {
  return list((document as { Statement?: Statement | Statement[] } | undefined)?.Statement);
}
