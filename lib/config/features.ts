import { z } from 'zod';
import { shortName } from './common';

const featureName = z
  .string()
  .regex(/^[a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63}$/, 'use 1 to 64 letters, digits, hyphens or underscores');

const groupSchema = z.strictObject({
  name: shortName(34).meta({ description: 'Name of the feature group in its cell.' }),
  description: z.string().min(1).max(128).meta({ description: 'What one record describes.' }),
  features: z
    .record(featureName, z.enum(['string', 'integral', 'fractional']))
    .meta({ description: 'Type of each feature (`string`, `integral`, `fractional`) by its name.' }),
  recordIdentifier: featureName.meta({ description: 'Feature that identifies a record.' }),
  eventTime: featureName.meta({
    description: 'Feature that tells when a record was true: ISO-8601 (`string`) or Unix seconds (`fractional`).',
  }),
  timeToLiveSeconds: z
    .int()
    .min(1)
    .max(157_680_000)
    .optional()
    .meta({ description: 'Seconds that a record stays in the online store; for ever by default.' }),
  online: z.boolean().default(true).meta({ description: 'Whether the latest records can be read at request time.' }),
  offline: z.boolean().default(true).meta({ description: 'Whether every record is kept for training.' }),
});

const embeddingSchema = z.strictObject({
  name: shortName(50).meta({ description: 'Name of the embedding index in its cell.' }),
  version: z.int().min(1).max(9999).meta({ description: 'Version; another embedding model needs another version.' }),
  dimension: z.int().min(1).max(4096).meta({ description: 'Length of a vector.' }),
  metric: z.enum(['cosine', 'euclidean']).default('cosine').meta({ description: 'How two vectors are compared.' }),
  nonFilterableMetadata: z
    .array(z.string().min(1).max(63))
    .max(10)
    .default([])
    .meta({ description: 'Metadata that is returned and cannot be used in a filter.' }),
});

/** Features and embeddings of every cell. */
export const featuresSchema = z.strictObject({
  groups: z.array(groupSchema).max(100).default([]).meta({ description: 'Feature groups.' }),
  embeddings: z.array(embeddingSchema).max(100).default([]).meta({ description: 'Versions of embedding indexes.' }),
});
