import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { digest, semanticVersion, shortName } from './common';
import { readYaml } from './read-yaml';

const imageLockSchema = z.strictObject({
  images: z.record(shortName(39), digest).meta({ description: 'Digest of each image in its repository.' }),
});

const releaseSchema = z.strictObject({
  version: semanticVersion.meta({ description: 'Version of the model that is live.' }),
  artifactDigest: digest.meta({ description: 'Digest of its artefact.' }),
  dataset: z
    .string()
    .regex(/^[a-z][a-z0-9-]*@\d+\.\d+\.\d+$/, "use '<name>@<version>'")
    .meta({ description: 'Dataset it was trained on.' }),
  evidenceDigest: digest.meta({ description: 'Digest of the evidence that passed the gate.' }),
  approvedBy: z.array(z.string().min(1)).min(1).meta({ description: 'Principals that approved it.' }),
  execution: z.string().min(1).meta({ description: 'Execution of the training workflow that made it.' }),
});

const releaseLockSchema = z.strictObject({
  cell: shortName(12).meta({ description: 'Cell that this lock belongs to.' }),
  models: z.record(shortName(32), releaseSchema).default({}).meta({ description: 'Live version of each model.' }),
});

/** Live digest of each image, by image name. */
export type ImageLock = z.output<typeof imageLockSchema>;
/** What is live in one cell. */
export type ReleaseLock = z.output<typeof releaseLockSchema>;
/** One live model version. */
export type ReleasedModel = z.output<typeof releaseSchema>;

/**
 * Reads the image lock; without a file no image is locked.
 *
 * @throws ConfigError that lists every problem
 */
export function loadImageLock(file: string): ImageLock {
  return existsSync(file) ? readYaml(file, imageLockSchema) : { images: {} };
}

/**
 * Reads the release lock of `cell` from `<folder>/<cell>.lock.yaml`; without a file nothing is live.
 *
 * @throws ConfigError that lists every problem
 */
export function loadReleaseLock(folder: string, cell: string): ReleaseLock {
  const file = path.join(folder, `${cell}.lock.yaml`);
  return existsSync(file) ? readYaml(file, releaseLockSchema) : { cell, models: {} };
}
