import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { names, readEnvironment, text } from '../private/environment';
import { respondTo } from '../private/http';
import { DynamoJournal } from '../private/journal';
import { type SubmissionPorts, submit } from './submit';
import { scheduledEvent, submitScheduled } from './submit-scheduled';
import { WorkflowStarter } from './workflow-starter';

const environment = readEnvironment({
  ACCOUNT: text,
  LEDGER_TABLE: text,
  REVIEW_TABLE: text,
  STATE_MACHINE_PREFIX: text,
  SUBMITTER_ROLES: names,
});
const ports: SubmissionPorts = {
  journal: new DynamoJournal(new DynamoDBClient(), environment.LEDGER_TABLE),
  executions: new WorkflowStarter(new SFNClient(), environment.STATE_MACHINE_PREFIX),
  reviewTable: environment.REVIEW_TABLE,
  now: () => new Date(),
};

/** Starts the training of one version: in the name of the caller of the API, or in that of a schedule. */
export const handler = (event: unknown) => {
  const scheduled = scheduledEvent.safeParse(event);
  if (scheduled.success) return submitScheduled(scheduled.data, ports);
  return respondTo(event, (request) =>
    submit(request, ports, { submitterRoles: environment.SUBMITTER_ROLES, account: environment.ACCOUNT }),
  );
};
