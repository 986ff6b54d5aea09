import { z } from 'zod';
import { callerSchema } from './caller';
import { digest, executionInput, modelName, semanticVersion } from './schemas';

/** Who submitted what: written before the execution starts, read by its first step. */
export const submissionRecord = z.object({
  execution: z.string().min(1),
  input: executionInput,
  at: z.iso.datetime(),
});

/** One approval, by a verified caller. */
export const approval = z.object({ reviewer: callerSchema, at: z.iso.datetime(), comment: z.string() });

/** A review, from the request to its end. */
export const reviewRecord = z.object({
  model: modelName,
  version: semanticVersion,
  execution: z.string().min(1),
  status: z.enum(['open', 'approved', 'rejected', 'expired']),
  /** Step Functions token of the waiting state. It never leaves the table but for `SendTask...`. */
  taskToken: z.string().min(1),
  submitter: callerSchema,
  dataset: z.string(),
  datasetVersion: semanticVersion,
  datasetDigest: digest,
  artifactDigest: digest,
  evidenceUri: z.string(),
  evidenceDigest: digest,
  verdict: z.enum(['pass', 'fail', 'needs-human']),
  reasons: z.array(z.string()),
  metrics: z.record(z.string(), z.number()),
  requiredApprovals: z.number().int().min(1).max(5),
  approvals: z.array(approval),
  rejection: approval.optional(),
  requestedAt: z.iso.datetime(),
  deadline: z.iso.datetime(),
  escalated: z.boolean(),
  /** Counts the changes; a change is refused when somebody else was faster. */
  revision: z.number().int().min(1),
});

/** Who submitted what. */
export type SubmissionRecord = z.output<typeof submissionRecord>;
/** A review, from the request to its end. */
export type ReviewRecord = z.output<typeof reviewRecord>;

/** What everybody may see of a review: all but the token. */
export function publicView(record: ReviewRecord): Omit<ReviewRecord, 'taskToken'> {
  const { taskToken: _token, ...view } = record;
  return view;
}
