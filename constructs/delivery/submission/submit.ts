import { z } from 'zod';
import { sha256 } from '../../core/canonical-json';
import type { Caller } from '../private/caller';
import { answer, type HttpAnswer, RequestRefused, type SignedRequest } from '../private/http';
import { type Journal, subjectOf } from '../private/journal';
import { submissionPut } from '../private/review-items';
import { type ExecutionInput, executionInput, hyperparameters, modelName, semanticVersion } from '../private/schemas';

const body = z.strictObject({
  version: semanticVersion,
  datasetVersion: semanticVersion.optional(),
  hyperparameters: hyperparameters.optional(),
});

/** Starts the workflow of a model. */
export interface ExecutionStarter {
  /** ARN of the new execution; undefined when there is no workflow for `model`. */
  start(model: string, execution: string, input: unknown): Promise<string | undefined>;
}

/** What a submission needs. */
export interface SubmissionPorts {
  readonly journal: Journal;
  readonly executions: ExecutionStarter;
  readonly reviewTable: string;
  readonly now: () => Date;
}

/** Who may submit. */
export interface SubmissionRules {
  /** Names of the roles whose sessions may submit, in `account`. */
  readonly submitterRoles: readonly string[];
  readonly account: string;
}

/**
 * Starts the training of one version, in the name of the caller.
 *
 * The submitter is written down before the execution starts; the first step of the workflow compares, so that an execution
 * which was started past this handler goes nowhere.
 */
export async function submit(
  request: SignedRequest,
  ports: SubmissionPorts,
  rules: SubmissionRules,
): Promise<HttpAnswer> {
  const { caller } = request;
  if (caller.account !== rules.account || !rules.submitterRoles.includes(caller.role)) {
    const roles = rules.submitterRoles.join(', ');
    throw new RequestRefused(403, 'NotASubmitter', `${caller.arn} is no session of a submitter role (${roles})`);
  }
  const model = modelName.parse(request.path['model']);
  const wanted = body.parse(request.body ?? {});
  const { execution, input, written } = await record({ model, wanted, submitter: caller, key: request.id }, ports);
  if (written === 'conflict') throw new RequestRefused(409, 'AlreadySubmitted', `${execution} was submitted before`);
  const executionArn = await ports.executions.start(model, execution, input);
  if (!executionArn) throw new RequestRefused(404, 'UnknownModel', `there is no training workflow for '${model}'`);
  return answer(202, { executionArn, execution, model, version: wanted.version, submitter: caller.person });
}

/** Writes down who asked for what. The name of the execution follows from `key`: the same key is the same submission. */
export async function record(
  asked: { model: string; wanted: z.output<typeof body>; submitter: Caller; key: string },
  ports: SubmissionPorts,
): Promise<{ execution: string; input: ExecutionInput; written: 'written' | 'conflict' }> {
  const { model, wanted, submitter, key } = asked;
  const { version, datasetVersion = '', hyperparameters: given = {} } = wanted;
  const execution = `${version}-${sha256(`${key}/${model}/${version}`).slice(7, 19)}`;
  const input = executionInput.parse({ model, ...wanted, submitter });
  const at = ports.now().toISOString();
  const details = { execution, datasetVersion, hyperparameters: given };
  const written = await ports.journal.write(
    model,
    { type: 'Model Submitted', subject: subjectOf(model, version), actor: submitter.arn, at, details },
    [submissionPut(ports.reviewTable, { execution, input, at })],
  );
  return { execution, input, written };
}
