import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

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
  scope.node.addMetadata(WILDCARD_METADATA, entry);
  Validations.of(scope).acknowledge(
    ...entry.wildcards.map((wildcard) => ({ id: `AwsSolutions-IAM5[${wildcard}]`, reason: entry.reason })),
  );
}

/** Accepts the finding of one rule on the resources below `scope`, until the day it expires. */
export function acknowledgeFinding(scope: IConstruct, entry: FindingEntry): void {
  scope.node.addMetadata(FINDING_METADATA, entry);
  Validations.of(scope).acknowledge({ id: entry.rule, reason: `${entry.reason} (until ${entry.expires})` });
}
