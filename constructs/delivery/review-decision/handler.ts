import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { names, readEnvironment, text } from '../private/environment';
import { BusPublisher } from '../private/events';
import { respondTo } from '../private/http';
import { DynamoJournal } from '../private/journal';
import { writeLine } from '../private/measure';
import { DynamoReviewStore } from '../private/review-store';
import { type ReviewPorts, review } from './review';
import { StepFunctionsTokens } from './task-tokens';

const environment = readEnvironment({
  ACCOUNT: text,
  EVENT_BUS: text,
  EVENT_SOURCE: text,
  LEDGER_TABLE: text,
  REVIEW_TABLE: text,
  REVIEWER_ROLES: names,
});
const dynamo = new DynamoDBClient();
const ports: ReviewPorts = {
  reviews: new DynamoReviewStore(dynamo, environment.REVIEW_TABLE),
  journal: new DynamoJournal(dynamo, environment.LEDGER_TABLE),
  events: new BusPublisher(new EventBridgeClient(), environment.EVENT_BUS, environment.EVENT_SOURCE),
  tokens: new StepFunctionsTokens(new SFNClient()),
  reviewTable: environment.REVIEW_TABLE,
  now: () => new Date(),
  measure: writeLine,
};

/** Shows reviews and takes decisions of verified callers. */
export const handler = (event: unknown) =>
  respondTo(event, (request) =>
    review(request, ports, { reviewerRoles: environment.REVIEWER_ROLES, account: environment.ACCOUNT }),
  );
