import { z } from 'zod';
import { callerSchema } from './caller';

/** Model name: the one rule of every place that it ends up in. */
export const modelName = z.string().regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, 'use a model name such as iris');

/** Semantic version without build metadata. */
export const semanticVersion = z
  .string()
  .max(32)
  .regex(/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/, "use a semantic version such as '1.4.0'");

/** `sha256:` and 64 hex digits. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "use 'sha256:' and 64 lower-case hex digits");

/** Hyperparameters, as a training container gets them: text by name. */
export const hyperparameters = z.record(z.string().min(1).max(256), z.string().max(2500));

/** Input of an execution. */
export const executionInput = z.strictObject({
  model: modelName,
  version: semanticVersion,
  datasetVersion: semanticVersion.optional(),
  hyperparameters: hyperparameters.optional(),
  submitter: callerSchema,
});

/** What the check makes of the input: every address and digest that the later steps use. */
export const trainingRequest = z.object({
  model: modelName,
  version: semanticVersion,
  execution: z.string().min(1),
  submitter: callerSchema,
  dataset: z.string().min(1),
  datasetVersion: semanticVersion,
  datasetDigest: digest,
  datasetUri: z.string(),
  hyperparameters,
  jobName: z.string(),
  trainingOutput: z.string(),
  evaluationOutput: z.string(),
});

/** One gate of a model. */
export const metricGate = z.object({
  metric: z.string().min(1),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  maxRegression: z.number().min(0).optional(),
});

/** What the gate answers. */
export const gateResult = z.object({
  verdict: z.enum(['pass', 'fail', 'needs-human']),
  reasons: z.array(z.string()),
  artifactUri: z.string(),
  artifactDigest: digest,
  evidenceUri: z.string(),
  evidenceDigest: digest,
  metrics: z.record(z.string(), z.number()),
});

/** What a finished review answers. */
export const reviewResult = z.object({
  decision: z.enum(['approved', 'rejected']),
  approvers: z.array(z.string()),
  comment: z.string(),
});

/** Input of an execution. */
export type ExecutionInput = z.output<typeof executionInput>;
/** What the check makes of the input. */
export type TrainingRequest = z.output<typeof trainingRequest>;
/** What the gate answers. */
export type GateResult = z.output<typeof gateResult>;
/** What a finished review answers. */
export type ReviewResult = z.output<typeof reviewResult>;
