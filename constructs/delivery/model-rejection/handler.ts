import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment, text } from '../private/environment';
import { DynamoJournal } from '../private/journal';
import { writeLine } from '../private/measure';
import { DynamoReviewStore } from '../private/review-store';
import { type RejectPorts, reject } from './reject';

const environment = readEnvironment({ ACTOR: text, LEDGER_TABLE: text, REVIEW_TABLE: text });
const dynamo = new DynamoDBClient();
const ports: RejectPorts = {
  reviews: new DynamoReviewStore(dynamo, environment.REVIEW_TABLE),
  journal: new DynamoJournal(dynamo, environment.LEDGER_TABLE),
  reviewTable: environment.REVIEW_TABLE,
  actor: environment.ACTOR,
  now: () => new Date(),
  measure: writeLine,
};

/** Writes down that a version was not registered, and why. */
export const handler = (event: unknown) => reject(event, ports);
