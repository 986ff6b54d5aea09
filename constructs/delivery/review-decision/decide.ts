import { type Caller, samePerson } from '../private/caller';
import type { ReviewRecord } from '../private/review-record';

/** What a reviewer says. */
export interface Decision {
  readonly decision: 'approve' | 'reject';
  /** Digest of the artefact that the reviewer looked at. */
  readonly artifactDigest: string;
  readonly comment: string;
}

/** Who says it, when, and who may. */
export interface DecisionContext {
  readonly reviewer: Caller;
  readonly now: Date;
  /** Names of the roles that may decide, in `account`. */
  readonly reviewerRoles: readonly string[];
  readonly account: string;
}

/** What follows from a decision. */
export type Outcome =
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** The record to write. */
  | { readonly kind: 'recorded'; readonly record: ReviewRecord }
  /** The same person said the same before: nothing to write, but the waiting state may still need its answer. */
  | { readonly kind: 'repeated'; readonly record: ReviewRecord };

/**
 * Applies a decision to a review. Four eyes: the submitter never decides on an own model, and nobody counts twice.
 */
export function decide(record: ReviewRecord, decision: Decision, context: DecisionContext): Outcome {
  const { reviewer, now, reviewerRoles, account } = context;
  if (reviewer.account !== account || !reviewerRoles.includes(reviewer.role)) {
    return refused(
      403,
      'NotAReviewer',
      `${reviewer.arn} is no session of a reviewer role (${reviewerRoles.join(', ')})`,
    );
  }
  if (samePerson(reviewer, record.submitter)) {
    return refused(403, 'ReviewerIsSubmitter', `${reviewer.person} submitted this version and cannot decide on it`);
  }
  if (decision.artifactDigest !== record.artifactDigest) {
    return refused(
      409,
      'OtherArtifact',
      `the artefact under review is ${record.artifactDigest}, not ${decision.artifactDigest}`,
    );
  }
  if (isRepeated(record, decision, reviewer)) return { kind: 'repeated', record };
  if (record.status !== 'open') return refused(409, 'ReviewClosed', `the review is ${record.status}`);
  if (now.getTime() >= Date.parse(record.deadline)) {
    return refused(409, 'DeadlinePassed', `the review ended at ${record.deadline} and counts as refused`);
  }
  if (record.approvals.some((given) => samePerson(given.reviewer, reviewer)) && decision.decision === 'approve') {
    return { kind: 'repeated', record };
  }
  return { kind: 'recorded', record: applied(record, decision, reviewer, now) };
}

function applied(record: ReviewRecord, { decision, comment }: Decision, reviewer: Caller, now: Date): ReviewRecord {
  const entry = { reviewer, at: now.toISOString(), comment };
  const revision = record.revision + 1;
  if (decision === 'reject') return { ...record, status: 'rejected', rejection: entry, revision };
  const approvals = [...record.approvals, entry];
  return { ...record, approvals, status: approvals.length >= record.requiredApprovals ? 'approved' : 'open', revision };
}

function isRepeated(record: ReviewRecord, { decision }: Decision, reviewer: Caller): boolean {
  if (record.status === 'approved' && decision === 'approve') {
    return record.approvals.some((given) => samePerson(given.reviewer, reviewer));
  }
  return (
    record.status === 'rejected' &&
    decision === 'reject' &&
    record.rejection !== undefined &&
    samePerson(record.rejection.reviewer, reviewer)
  );
}

function refused(status: number, code: string, message: string): Outcome {
  return { kind: 'refused', status, code, message };
}
