import { z } from 'zod';
import { callerSchema } from '../private/caller';

/** The state of an execution that failed, as far as the reason can be read from it. */
export const failedState = z.object({
  model: z.string(),
  version: z.string(),
  submitter: callerSchema.partial().optional(),
  request: z.unknown().optional(),
  training: z.unknown().optional(),
  evaluation: z.unknown().optional(),
  gate: z.object({ verdict: z.string(), reasons: z.array(z.string()) }).optional(),
  review: z.object({ decision: z.string(), comment: z.string() }).optional(),
  failure: z.object({ Error: z.string(), Cause: z.string().default('') }).optional(),
});

/** Why a version was not registered. */
export interface Rejection {
  /** Stable code, also the error of the execution. */
  readonly reason:
    | 'InputRefused'
    | 'TrainingFailed'
    | 'EvaluationFailed'
    | 'GateFailed'
    | 'GateRefused'
    | 'ReviewTimedOut'
    | 'ReviewFailed'
    | 'ReviewRejected'
    | 'RegistrationFailed';
  /** What happened, in one line of at most 1,000 characters. */
  readonly detail: string;
}

/** Reads from how far the execution came why it ended. */
export function reasonOf(state: z.output<typeof failedState>): Rejection {
  const detail = state.failure ? causeText(state.failure.Error, state.failure.Cause) : '';
  if (state.request === undefined) return { reason: 'InputRefused', detail };
  if (state.training === undefined) return { reason: 'TrainingFailed', detail };
  if (state.evaluation === undefined) return { reason: 'EvaluationFailed', detail };
  if (state.gate === undefined) return { reason: 'GateFailed', detail };
  if (state.gate.verdict === 'fail') return { reason: 'GateRefused', detail: shorten(state.gate.reasons.join('; ')) };
  if (state.review === undefined) {
    return state.failure?.Error === 'States.Timeout'
      ? { reason: 'ReviewTimedOut', detail: 'no decision before the deadline: the review counts as refused' }
      : { reason: 'ReviewFailed', detail };
  }
  if (state.review.decision !== 'approved') {
    return { reason: 'ReviewRejected', detail: shorten(state.review.comment) || 'rejected without a comment' };
  }
  return { reason: 'RegistrationFailed', detail };
}

/** The message of a Lambda error, the failure text of a job, or the cause as it is. */
function causeText(error: string, cause: string): string {
  const message = lambdaMessage(cause);
  return shorten(`${error}: ${message ?? cause}`);
}

function lambdaMessage(cause: string): string | undefined {
  try {
    const parsed = z.object({ errorMessage: z.string() }).safeParse(JSON.parse(cause));
    return parsed.success ? parsed.data.errorMessage : undefined;
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 1000 ? `${line.slice(0, 997)}...` : line;
}
