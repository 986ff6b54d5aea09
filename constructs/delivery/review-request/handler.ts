import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { readEnvironment, text } from '../private/environment';
import { BusPublisher } from '../private/events';
import { DynamoJournal } from '../private/journal';
import { DynamoReviewStore } from '../private/review-store';
import { type ParkPorts, park } from './park';

const environment = readEnvironment({
  ACTOR: text,
  EVENT_BUS: text,
  EVENT_SOURCE: text,
  LEDGER_TABLE: text,
  REVIEW_TABLE: text,
});
const dynamo = new DynamoDBClient();
const ports: ParkPorts = {
  reviews: new DynamoReviewStore(dynamo, environment.REVIEW_TABLE),
  journal: new DynamoJournal(dynamo, environment.LEDGER_TABLE),
  events: new BusPublisher(new EventBridgeClient(), environment.EVENT_BUS, environment.EVENT_SOURCE),
  reviewTable: environment.REVIEW_TABLE,
  actor: environment.ACTOR,
  now: () => new Date(),
};

/** Parks a task token in the review table and tells the reviewers. */
export const handler = (event: unknown) => park(event, ports);
