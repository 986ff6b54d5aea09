import { Stack, Validations } from 'aws-cdk-lib';
import { Grant, type GrantOnPrincipalOptions } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';

/** Metadata key of the entries that `acknowledgeWildcard` leaves on a construct. */
export const WILDCARD_METADATA = 'groundplane:wildcard';

/** Metadata key of the entries that `acknowledgeFinding` leaves on a construct. */
export const FINDING_METADATA = 'groundplane:finding';

/** Why a permission ends in `*`. */
export interface WildcardEntry {
  /** What the `*` stands for: the exact finding, for example `Resource::*` or `Action::s3:GetObject*`. */
  readonly wildcards: readonly string[];
  /** Why nothing narrower works. */
  readonly reason: string;
}

/** A rule of a policy pack or validator that a resource may break, with a reason and an end. */
export interface FindingEntry {
  /** Rule id, for example `AwsSolutions-S1`. */
  readonly rule: string;
  /** Why it is right here. */
  readonly reason: string;
  /** Day on which the exception must be looked at again, as `YYYY-MM-DD`. */
  readonly expires: string;
}

/**
 * Enters a wildcard permission in the ledger: the report lists it with its reason, and the AwsSolutions rule on wildcards
 * accepts exactly the named ones below `scope`.
 */
export function acknowledgeWildcard(scope: IConstruct, entry: WildcardEntry): void {
  const { reason } = entry;
  const wildcards = entry.wildcards.map((wildcard) => flatten(Stack.of(scope).resolve(wildcard)));
  scope.node.addMetadata(WILDCARD_METADATA, { wildcards, reason } satisfies WildcardEntry);
  Validations.of(scope).acknowledge(...wildcards.map((wildcard) => ({ id: `AwsSolutions-IAM5[${wildcard}]`, reason })));
}

/** Accepts the finding of one rule on the resources below `scope`, until the day it expires. */
export function acknowledgeFinding(scope: IConstruct, entry: FindingEntry): void {
  scope.node.addMetadata(FINDING_METADATA, entry);
  Validations.of(scope).acknowledge({ id: entry.rule, reason: `${entry.reason} (until ${entry.expires})` });
}

/**
 * Grants `options` to their grantee and enters each wildcard in an action or a resource in the ledger, at the grantee.
 *
 * @param reason why nothing narrower works
 */
export function grantWithWildcards(options: GrantOnPrincipalOptions, reason: string): Grant {
  const grant = Grant.addToPrincipal(options);
  const principal: unknown = options.grantee.grantPrincipal;
  if (!Construct.isConstruct(principal)) return grant;
  const resources = options.resourceArns.map((arn) => flatten(Stack.of(principal).resolve(arn)));
  const wildcards = [
    ...options.actions.filter(hasWildcard).map((action) => `Action::${action}`),
    ...resources.filter(hasWildcard).map((resource) => `Resource::${resource}`),
  ];
  if (wildcards.length > 0) acknowledgeWildcard(principal, { wildcards, reason });
  return grant;
}

function hasWildcard(text: string): boolean {
  return text.includes('*');
}

/**
 * Writes a resolved value as the policy pack does: `<LogicalId.Arn>/models/*`.
 *
 * @param exports values of other stacks by the name of their export; without one the import stays as it is
 */
export function flatten(value: unknown, exports: ReadonlyMap<string, unknown> = new Map<string, unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name, argument] = Object.entries(value)[0] ?? ['', ''];
  switch (name) {
    case 'Fn::Join': {
      const [delimiter, parts] = argument as [string, unknown[]];
      return parts.map((part) => flatten(part, exports)).join(delimiter);
    }
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Ref':
      return `<${String(argument)}>`;
    case 'Fn::ImportValue':
      return exports.has(String(argument)) ? flatten(exports.get(String(argument)), exports) : JSON.stringify(value);
    default:
      return JSON.stringify(value);
  }
}
