import { type HeldOutRow, parsePredictions, postHeldOut } from '../../../lib/local/held-out';
import type { PredictorAnswer } from '../../../lib/local/predictor';

const digest = `sha256:${'a'.repeat(64)}`;
const row = (species: string, label = species, confidence = 0.9): HeldOutRow => ({
  input: { petal_length: 1.4 },
  label,
  species,
  confidence,
});
const answering = (change: Partial<PredictorAnswer>) => (): Promise<PredictorAnswer> =>
  Promise.resolve({ species: 'setosa', confidence: 0.9, model: 'iris', version: '1.0.0', digest, ...change });

test('equal answers give the accuracy against the truth, not against the model', async () => {
  const result = await postHeldOut([row('setosa'), row('setosa', 'virginica')], digest, answering({}));
  expect(result).toMatchObject({ rows: 2, correct: 1, accuracy: 0.5, largestConfidenceDifference: 0 });
});

test('the rounding of JSON is no difference', async () => {
  await expect(postHeldOut([row('setosa')], digest, answering({ confidence: 0.9 + 1e-9 }))).resolves.toMatchObject({
    rows: 1,
  });
});

test.each<[string, Partial<PredictorAnswer>]>([
  ['another species', { species: 'virginica' }],
  ['another confidence', { confidence: 0.91 }],
  ['another artefact', { digest: `sha256:${'b'.repeat(64)}` }],
])('%s is refused', async (_, change) => {
  await expect(postHeldOut([row('setosa')], digest, answering(change))).rejects.toThrow('1 of 1 served answers differ');
});

test('a file without rows is refused: nothing would have been compared', () => {
  expect(() => parsePredictions('[]')).toThrow('>=1 items');
  expect(() => parsePredictions('{}')).toThrow('expected array');
});
