import { z } from 'zod';
import { type Journal, subjectOf } from '../private/journal';
import { measurement } from '../private/measure';
import { reviewPut } from '../private/review-items';
import type { ReviewStore } from '../private/review-store';
import { failedState, type Rejection, reasonOf } from './reason';

/** What the state machine hands over. */
export const rejectInput = z.object({ state: failedState, execution: z.string().min(1) });

/** What a rejection reads and writes. */
export interface RejectPorts {
  readonly reviews: ReviewStore;
  readonly journal: Journal;
  readonly reviewTable: string;
  /** ARN that stands for the handler in the ledger. */
  readonly actor: string;
  readonly now: () => Date;
  readonly measure: (line: string) => void;
}

/** Writes down that a version was not registered, and why; closes its review when one is open. */
export async function reject(event: unknown, ports: RejectPorts): Promise<Rejection & { submitter: string }> {
  const { state, execution } = rejectInput.parse(event);
  const { model, version } = state;
  const rejection = reasonOf(state);
  const at = ports.now();
  const open = await ports.reviews.review(model, version, execution);
  const puts =
    open?.status === 'open'
      ? [reviewPut(ports.reviewTable, { ...open, status: 'expired', revision: open.revision + 1 })]
      : [];
  const written = await ports.journal.write(
    model,
    {
      type: 'Model Rejected',
      subject: subjectOf(model, version),
      actor: ports.actor,
      at: at.toISOString(),
      details: { execution, reason: rejection.reason, detail: rejection.detail },
    },
    puts,
  );
  if (written === 'conflict') throw new Error(`the review of ${execution} changed meanwhile`);
  ports.measure(measurement('Rejected', 'Count', 1, model, at));
  return { ...rejection, submitter: state.submitter?.person ?? 'unknown' };
}
