import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { readEnvironment, text } from '../private/environment';
import { DynamoJournal } from '../private/journal';
import { S3ObjectStore } from '../private/object-store';
import { VersionStore } from '../private/version-store';
import { loadBaseline } from './baseline';
import { type GatePorts, judgeCandidate } from './judge-candidate';

const environment = readEnvironment({ ACTOR: text, EVIDENCE_BUCKET: text, LEDGER_TABLE: text, MODEL_TABLE: text });
const dynamo = new DynamoDBClient();
const objects = new S3ObjectStore(new S3Client());
const versions = new VersionStore(dynamo, environment.MODEL_TABLE);
const ports: GatePorts = {
  objects,
  journal: new DynamoJournal(dynamo, environment.LEDGER_TABLE),
  baseline: async (model) => loadBaseline(await versions.newest(model), objects, environment.EVIDENCE_BUCKET),
  evidenceBucket: environment.EVIDENCE_BUCKET,
  actor: environment.ACTOR,
  now: () => new Date(),
};

/** Judges a candidate by its evidence. */
export const handler = (event: unknown) => judgeCandidate(event, ports);
