import { z } from 'zod';
import type { EventPublisher } from '../private/events';
import { answer, type HttpAnswer, RequestRefused, type SignedRequest } from '../private/http';
import { type Journal, subjectOf } from '../private/journal';
import { measurement } from '../private/measure';
import { reviewPut } from '../private/review-items';
import { publicView, type ReviewRecord } from '../private/review-record';
import type { ReviewStore } from '../private/review-store';
import { digest, modelName, type ReviewResult, semanticVersion } from '../private/schemas';
import { type DecisionContext, decide } from './decide';

const body = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  artifactDigest: digest,
  comment: z.string().max(2000).default(''),
});

/** Ends the waiting state of an execution. */
export interface TaskTokens {
  /** Answers `gone` when nobody waits for the token any more. */
  succeed(taskToken: string, output: ReviewResult): Promise<'taken' | 'gone'>;
}

/** What a decision reads and writes. */
export interface ReviewPorts {
  readonly reviews: ReviewStore;
  readonly journal: Journal;
  readonly events: EventPublisher;
  readonly tokens: TaskTokens;
  readonly reviewTable: string;
  readonly now: () => Date;
  readonly measure: (line: string) => void;
}

/**
 * What the workflow does after a decision. `not waiting`: it went on before, or it calls reviewers again at this moment; in the
 * second case repeating the decision a little later resumes it.
 */
export type WorkflowState = 'resumed' | 'waiting for reviewers' | 'not waiting';

/** Who may decide. */
export type ReviewRules = Pick<DecisionContext, 'reviewerRoles' | 'account'>;

/** `GET` shows the reviews of a version without their tokens; `POST` decides on the one with the given artefact. */
export async function review(request: SignedRequest, ports: ReviewPorts, rules: ReviewRules): Promise<HttpAnswer> {
  const model = modelName.parse(request.path['model']);
  const version = semanticVersion.parse(request.path['version']);
  const found = await ports.reviews.reviews(model, version);
  if (request.method === 'GET') return answer(200, { reviews: found.map(publicView) });
  const decision = body.parse(request.body ?? {});
  const record = pick(found, decision.artifactDigest);
  if (!record) throw new RequestRefused(404, 'NoReview', `${model}@${version} is not under review`);
  const context = { reviewer: request.caller, now: ports.now(), ...rules };
  const outcome = decide(record, decision, context);
  if (outcome.kind === 'refused') throw new RequestRefused(outcome.status, outcome.code, outcome.message);
  if (outcome.kind === 'recorded') await write(outcome.record, request, decision.decision, ports);
  const workflow = await resume(outcome.record, ports);
  if (outcome.kind === 'recorded') await announce(outcome.record, request, decision.decision, ports);
  const missing = Math.max(0, outcome.record.requiredApprovals - outcome.record.approvals.length);
  return answer(200, { status: outcome.record.status, approvals: outcome.record.approvals.length, missing, workflow });
}

/** The review of that artefact, an open one first; without a match the newest one, so that `decide` can say what differs. */
function pick(records: readonly ReviewRecord[], artifactDigest: string): ReviewRecord | undefined {
  const newest = records.toSorted((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
  const matching = newest.filter((record) => record.artifactDigest === artifactDigest);
  return matching.find((record) => record.status === 'open') ?? matching[0] ?? newest[0];
}

async function write(
  record: ReviewRecord,
  request: SignedRequest,
  decision: string,
  ports: ReviewPorts,
): Promise<void> {
  const at = ports.now();
  const { model, version, execution, artifactDigest, status } = record;
  const written = await ports.journal.write(
    model,
    {
      type: 'Review Decided',
      subject: subjectOf(model, version),
      actor: request.caller.arn,
      at: at.toISOString(),
      details: { execution, decision, artifactDigest, status, approvals: record.approvals.length },
    },
    [reviewPut(ports.reviewTable, record)],
  );
  if (written === 'conflict') {
    throw new RequestRefused(409, 'ReviewChanged', 'somebody else decided at the same time; look again and repeat');
  }
  if (status !== 'open') {
    const age = Math.round((at.getTime() - Date.parse(record.requestedAt)) / 1000);
    ports.measure(measurement('ReviewAge', 'Seconds', age, model, at));
  }
}

/** Tells the bus. The decision stands without it: a bus that does not answer is counted, not reported to the reviewer. */
async function announce(
  record: ReviewRecord,
  request: SignedRequest,
  decision: string,
  ports: ReviewPorts,
): Promise<void> {
  const { model, version, execution, status } = record;
  const detail = { model, version, execution, decision, status, reviewer: request.caller.arn };
  try {
    await ports.events.publish('Review Decided', detail);
  } catch {
    ports.measure(measurement('EventsLost', 'Count', 1, model, ports.now()));
  }
}

/** Answers the waiting state. The state may have escalated meanwhile and wait for a newer token: that one is in the table then. */
async function resume(record: ReviewRecord, ports: ReviewPorts): Promise<WorkflowState> {
  if (record.status === 'open' || record.status === 'expired') return 'waiting for reviewers';
  const last = record.rejection ?? record.approvals.at(-1);
  const output: ReviewResult = {
    decision: record.status,
    approvers: record.approvals.map((given) => given.reviewer.arn),
    comment: last?.comment ?? '',
  };
  if ((await ports.tokens.succeed(record.taskToken, output)) === 'taken') return 'resumed';
  const latest = await ports.reviews.review(record.model, record.version, record.execution);
  if (!latest || latest.taskToken === record.taskToken) return 'not waiting';
  return (await ports.tokens.succeed(latest.taskToken, output)) === 'taken' ? 'resumed' : 'not waiting';
}
