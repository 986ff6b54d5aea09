import { z } from 'zod';
import { LocalFailure } from './failure';
import type { PredictorAnswer } from './predictor';

const predictionsSchema = z
  .array(
    z.object({
      input: z.record(z.string(), z.number()),
      label: z.string(),
      species: z.string(),
      confidence: z.number(),
    }),
  )
  .min(1);

/** One held-out row: input, truth, and what the offline ONNX session said. */
export type HeldOutRow = z.output<typeof predictionsSchema>[number];

/** How the served answers compare with the truth and with the offline session. */
export interface HeldOutResult {
  readonly rows: number;
  readonly correct: number;
  readonly accuracy: number;
  /** Largest difference between served and offline confidence. */
  readonly largestConfidenceDifference: number;
}

/** Largest difference between two confidences that counts as equal: the rounding of a number in JSON. */
const EQUAL_CONFIDENCE = 1e-6;

/** Reads the offline predictions that the evaluation wrote. */
export function parsePredictions(text: string): HeldOutRow[] {
  return predictionsSchema.parse(JSON.parse(text));
}

/**
 * Posts every held-out row.
 *
 * @throws LocalFailure when an answer differs from the offline result or comes from another artefact
 */
export async function postHeldOut(
  rows: readonly HeldOutRow[],
  digest: string,
  predict: (input: HeldOutRow['input']) => Promise<PredictorAnswer>,
): Promise<HeldOutResult> {
  const wrong: string[] = [];
  let correct = 0;
  let difference = 0;
  for (const [index, row] of rows.entries()) {
    const answer = await predict(row.input);
    const apart = Math.abs(answer.confidence - row.confidence);
    difference = Math.max(difference, apart);
    if (answer.species === row.label) correct += 1;
    if (answer.species !== row.species || apart > EQUAL_CONFIDENCE || answer.digest !== digest) {
      wrong.push(`row ${index}: served ${JSON.stringify(answer)}, offline ${row.species} ${row.confidence}`);
    }
  }
  if (wrong.length > 0) {
    throw new LocalFailure(`${wrong.length} of ${rows.length} served answers differ from the offline ONNX result`, {
      detail: wrong.slice(0, 5),
    });
  }
  return { rows: rows.length, correct, accuracy: correct / rows.length, largestConfidenceDifference: difference };
}
