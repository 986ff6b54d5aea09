/** Prefix of registered model artefacts: immutable. */
export const MODEL_PREFIX = 'models/';

/** Prefix of what training jobs write before a gate has looked at it; it expires. */
export const WORK_PREFIX = 'work/';

/** Prefix of experiment artefacts that MLflow writes. */
export const EXPERIMENT_PREFIX = 'experiments/';

/** Prefix of dataset versions: immutable. */
export const DATASET_PREFIX = 'datasets/';

/** Prefix of prompt versions: immutable. */
export const PROMPT_PREFIX = 'prompts/';

/** Prefix of evaluation evidence: immutable. */
export const EVIDENCE_PREFIX = 'evidence/';

/** Object key of a model artefact in the artefact store and in every replica of it. */
export function artifactKey(model: string, version: string): string {
  return `${MODEL_PREFIX}${model}/${version}/model.tar.gz`;
}

/** Prefix below which one training execution writes, ending in a slash. */
export function workPrefix(model: string, execution: string): string {
  return `${WORK_PREFIX}${model}/${execution}/`;
}

/** Prefix of one dataset version, ending in a slash. */
export function datasetPrefix(dataset: string, version: string): string {
  return `${DATASET_PREFIX}${dataset}/${version}/`;
}

/** Object key of one prompt version. */
export function promptKey(prompt: string, version: string): string {
  return `${PROMPT_PREFIX}${prompt}/${version}/prompt.json`;
}

/** Object key of the evidence of one evaluation. */
export function evidenceKey(model: string, execution: string): string {
  return `${EVIDENCE_PREFIX}${model}/${execution}/evidence.json`;
}
