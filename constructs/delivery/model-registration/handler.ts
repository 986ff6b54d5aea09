import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { readEnvironment, text } from '../private/environment';
import { DynamoJournal } from '../private/journal';
import { S3ObjectStore } from '../private/object-store';
import { DynamoReviewStore } from '../private/review-store';
import { VersionStore } from '../private/version-store';
import { ManifestSigner } from './manifest-signer';
import { type RegisterPorts, register } from './register';

const environment = readEnvironment({
  ACTOR: text,
  ARTIFACT_BUCKET: text,
  LEDGER_TABLE: text,
  MODEL_TABLE: text,
  REVIEW_TABLE: text,
  SIGNING_KEY: text,
});
const dynamo = new DynamoDBClient();
const versions = new VersionStore(dynamo, environment.MODEL_TABLE);
const signer = new ManifestSigner(new KMSClient(), environment.SIGNING_KEY);
const ports: RegisterPorts = {
  objects: new S3ObjectStore(new S3Client()),
  reviews: new DynamoReviewStore(dynamo, environment.REVIEW_TABLE),
  journal: new DynamoJournal(dynamo, environment.LEDGER_TABLE),
  version: (model, version) => versions.find(model, version),
  sign: (digest) => signer.sign(digest),
  artifactBucket: environment.ARTIFACT_BUCKET,
  modelTable: environment.MODEL_TABLE,
  actor: environment.ACTOR,
  now: () => new Date(),
};

/** Registers an approved candidate. */
export const handler = (event: unknown) => register(event, ports);
