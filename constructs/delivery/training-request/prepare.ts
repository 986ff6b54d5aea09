import { z } from 'zod';
import { canonicalJson, sha256 } from '../../core/canonical-json';
import { datasetPrefix, workPrefix } from '../../registry/object-keys';
import type { ObjectStore } from '../private/object-store';
import type { ReviewStore } from '../private/review-store';
import { s3Uri } from '../private/s3-uri';
import {
  digest,
  executionInput,
  hyperparameters,
  modelName,
  semanticVersion,
  type TrainingRequest,
} from '../private/schemas';

/** What the state machine hands over. */
export const prepareInput = z.object({
  input: executionInput,
  execution: z.string().min(1),
  pipeline: z.object({ model: modelName, dataset: z.string(), datasetVersion: semanticVersion, hyperparameters }),
});

const datasetDocument = z.object({
  name: z.string(),
  version: z.string(),
  file: z.object({ digest }),
});

/** What the check reads. */
export interface PreparePorts {
  readonly objects: ObjectStore;
  readonly reviews: ReviewStore;
  /** Whether the version is registered already. */
  readonly isRegistered: (model: string, version: string) => Promise<boolean>;
  readonly datasetBucket: string;
  readonly artifactBucket: string;
}

/**
 * Checks the input of an execution and works out every address that the later steps use.
 *
 * @throws Error when the submission is not on record, the version exists, or the dataset is not what it says
 */
export async function prepare(event: unknown, ports: PreparePorts): Promise<TrainingRequest> {
  const { input, execution, pipeline } = prepareInput.parse(event);
  const { model, version, submitter } = input;
  if (model !== pipeline.model) throw new Error(`this workflow trains '${pipeline.model}', not '${model}'`);
  const submission = await ports.reviews.submission(execution);
  if (!submission || canonicalJson(submission.input) !== canonicalJson(input)) {
    throw new Error(`execution ${execution} was not started by the submission API: no such submission is on record`);
  }
  if (await ports.isRegistered(model, version)) throw new Error(`${model}@${version} is registered already`);
  const datasetVersion = input.datasetVersion ?? pipeline.datasetVersion;
  const dataset = s3Uri({ bucket: ports.datasetBucket, key: datasetPrefix(pipeline.dataset, datasetVersion) });
  const document = await readDataset(ports.objects, dataset);
  if (document.name !== pipeline.dataset || document.version !== datasetVersion) {
    throw new Error(`${dataset} holds ${document.name}@${document.version}, not ${pipeline.dataset}@${datasetVersion}`);
  }
  const work = s3Uri({ bucket: ports.artifactBucket, key: workPrefix(model, execution) });
  return {
    model,
    version,
    execution,
    submitter,
    dataset: pipeline.dataset,
    datasetVersion,
    datasetDigest: document.file.digest,
    datasetUri: dataset,
    hyperparameters: { ...pipeline.hyperparameters, ...input.hyperparameters },
    jobName: `${model}-${sha256(execution).slice(7, 19)}`,
    trainingOutput: `${work}training`,
    evaluationOutput: `${work}evaluation`,
  };
}

async function readDataset(objects: ObjectStore, prefix: string): Promise<z.output<typeof datasetDocument>> {
  const text = Buffer.from(await objects.read(`${prefix}dataset.json`)).toString('utf8');
  return datasetDocument.parse(JSON.parse(text));
}
