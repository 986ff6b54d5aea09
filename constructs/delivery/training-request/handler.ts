import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { readEnvironment, text } from '../private/environment';
import { S3ObjectStore } from '../private/object-store';
import { DynamoReviewStore } from '../private/review-store';
import { VersionStore } from '../private/version-store';
import { type PreparePorts, prepare } from './prepare';

const environment = readEnvironment({
  ARTIFACT_BUCKET: text,
  DATASET_BUCKET: text,
  MODEL_TABLE: text,
  REVIEW_TABLE: text,
});
const dynamo = new DynamoDBClient();
const versions = new VersionStore(dynamo, environment.MODEL_TABLE);
const ports: PreparePorts = {
  objects: new S3ObjectStore(new S3Client()),
  reviews: new DynamoReviewStore(dynamo, environment.REVIEW_TABLE),
  isRegistered: async (model, version) => (await versions.find(model, version)) !== undefined,
  datasetBucket: environment.DATASET_BUCKET,
  artifactBucket: environment.ARTIFACT_BUCKET,
};

/** Checks the input of an execution and works out the addresses of its steps. */
export const handler = (event: unknown) => prepare(event, ports);
