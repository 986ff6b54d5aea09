import { z } from 'zod';
import type { EventPublisher } from '../private/events';
import { type Journal, subjectOf } from '../private/journal';
import { reviewPut } from '../private/review-items';
import type { ReviewRecord } from '../private/review-record';
import type { ReviewStore } from '../private/review-store';
import { gateResult, trainingRequest } from '../private/schemas';

/** What the state machine hands over. */
export const parkInput = z.object({
  taskToken: z.string().min(1),
  request: trainingRequest,
  gate: gateResult,
  requiredApprovals: z.number().int().min(1).max(5),
  /** Seconds from the first request to the end of the review. */
  deadlineSeconds: z.number().int().positive(),
  /** Whether this is the second call for reviewers. */
  escalated: z.boolean(),
});

/** What the request for a review reads and writes. */
export interface ParkPorts {
  readonly reviews: ReviewStore;
  readonly journal: Journal;
  readonly events: EventPublisher;
  readonly reviewTable: string;
  /** ARN that stands for the handler in the ledger. */
  readonly actor: string;
  readonly now: () => Date;
}

/**
 * Parks the task token in the review table and tells the reviewers, or, when the review is on record, puts the new token in
 * place of the old one and keeps what was decided so far.
 *
 * @throws Error when the record changed meanwhile: Step Functions calls again
 */
export async function park(event: unknown, ports: ParkPorts): Promise<{ status: string; deadline: string }> {
  const input = parkInput.parse(event);
  const { request, gate } = input;
  const before = await ports.reviews.review(request.model, request.version, request.execution);
  const at = ports.now();
  const record: ReviewRecord = before
    ? {
        ...before,
        taskToken: input.taskToken,
        escalated: before.escalated || input.escalated,
        revision: before.revision + 1,
      }
    : opened(input, at);
  const type = input.escalated ? 'Review Escalated' : 'Review Requested';
  const written = await ports.journal.write(
    request.model,
    {
      type,
      subject: subjectOf(request.model, request.version),
      actor: ports.actor,
      at: at.toISOString(),
      details: {
        execution: request.execution,
        artifactDigest: gate.artifactDigest,
        requiredApprovals: record.requiredApprovals,
        deadline: record.deadline,
      },
    },
    [reviewPut(ports.reviewTable, record)],
  );
  if (written === 'conflict') throw new Error(`the review of ${request.execution} changed meanwhile`);
  await ports.events.publish(type, {
    model: record.model,
    version: record.version,
    execution: record.execution,
    submitter: record.submitter.person,
    artifactDigest: record.artifactDigest,
    verdict: record.verdict,
    deadline: record.deadline,
    requiredApprovals: record.requiredApprovals,
    approvals: record.approvals.length,
  });
  return { status: record.status, deadline: record.deadline };
}

function opened(
  { taskToken, request, gate, requiredApprovals, deadlineSeconds }: z.output<typeof parkInput>,
  at: Date,
): ReviewRecord {
  return {
    model: request.model,
    version: request.version,
    execution: request.execution,
    status: 'open',
    taskToken,
    submitter: request.submitter,
    dataset: request.dataset,
    datasetVersion: request.datasetVersion,
    datasetDigest: request.datasetDigest,
    artifactDigest: gate.artifactDigest,
    evidenceUri: gate.evidenceUri,
    evidenceDigest: gate.evidenceDigest,
    verdict: gate.verdict,
    reasons: gate.reasons,
    metrics: gate.metrics,
    requiredApprovals,
    approvals: [],
    requestedAt: at.toISOString(),
    deadline: new Date(at.getTime() + deadlineSeconds * 1000).toISOString(),
    escalated: false,
    revision: 1,
  };
}
