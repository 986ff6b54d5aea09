import { z } from 'zod';
import { modelName, semanticVersion } from '../private/schemas';
import { record, type SubmissionPorts } from './submit';

/** What EventBridge Scheduler hands over; an event of the API never looks like this. */
export const scheduledEvent = z.strictObject({
  /** ARN of the schedule. */
  schedule: z.string().regex(/^arn:aws[a-z-]*:scheduler:[a-z0-9-]+:\d{12}:schedule\/.+$/),
  /** Time for which it was planned, the same for every delivery of one run. */
  at: z.iso.datetime(),
  model: modelName,
  /** Version that the candidates are named after: `1.4.0` becomes `1.4.0-20260301t0200`. */
  series: semanticVersion,
});

/**
 * Starts the planned training of a model in the name of its schedule. EventBridge Scheduler may deliver a run twice: the second
 * one finds the first.
 */
export async function submitScheduled(
  event: z.output<typeof scheduledEvent>,
  ports: SubmissionPorts,
): Promise<{ execution: string }> {
  const { schedule, at, model, series } = event;
  const version = `${series}-${at.slice(0, 16).replaceAll(/[-:]/g, '').toLowerCase()}`;
  const [, , , , account = ''] = schedule.split(':');
  const submitter = { arn: schedule, account, role: '', person: `schedule/${schedule.split('/').at(-1)}` };
  const { execution, input } = await record({ model, wanted: { version }, submitter, key: `${schedule}/${at}` }, ports);
  try {
    const started = await ports.executions.start(model, execution, input);
    if (!started) throw new Error(`there is no training workflow for '${model}'`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
  }
  return { execution };
}
