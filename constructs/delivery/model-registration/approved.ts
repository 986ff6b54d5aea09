import type { ReviewRecord } from '../private/review-record';
import type { GateResult, TrainingRequest } from '../private/schemas';

/**
 * Why a candidate may not be registered, by the review table and not by what the execution says: an answered task token alone
 * opens nothing.
 */
export function approvalProblems(
  request: TrainingRequest,
  gate: GateResult,
  review: ReviewRecord | undefined,
): string[] {
  if (gate.verdict === 'fail') return ['the gate refused the candidate'];
  if (!review) return ['there is no record of a review'];
  const people = new Set(review.approvals.map((given) => given.reviewer.person.toLowerCase()));
  return [
    review.status === 'approved' ? [] : [`the review is ${review.status}`],
    people.size >= review.requiredApprovals ? [] : [`${people.size} of ${review.requiredApprovals} people approved`],
    people.has(request.submitter.person.toLowerCase()) ? ['the submitter is among the approvers'] : [],
    review.artifactDigest === gate.artifactDigest ? [] : ['another artefact was reviewed'],
    review.evidenceDigest === gate.evidenceDigest ? [] : ['other evidence was reviewed'],
    review.model === request.model && review.version === request.version ? [] : ['another version was reviewed'],
  ].flat();
}
