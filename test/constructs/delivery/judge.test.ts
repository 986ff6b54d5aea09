import { evidenceSchema } from '../../../constructs/delivery/promotion-gate/evidence';
import { type Exhibit, judge } from '../../../constructs/delivery/promotion-gate/judge';
import { ARTIFACT_DIGEST, DATASET_DIGEST, digestOf, evidence } from './support';

const REQUEST = { model: 'iris', dataset: 'iris', datasetVersion: '1.0.0', datasetDigest: DATASET_DIGEST };

function exhibit(changes: Partial<Exhibit> = {}, document: Record<string, unknown> = {}): Exhibit {
  return {
    gates: [{ metric: 'accuracy', atLeast: 0.93 }],
    evidence: evidenceSchema.parse(evidence(document)),
    request: REQUEST,
    artifactDigest: ARTIFACT_DIGEST,
    ...changes,
  };
}

const registered = (accuracy: unknown, digest = DATASET_DIGEST) => ({
  version: '1.1.0',
  evidence: evidenceSchema.parse(
    evidence({ metrics: { accuracy }, dataset: { name: 'iris', version: '1.0.0', digest, rows: 45 } }),
  ),
});

describe('judge', () => {
  test('passes what every gate allows', () => {
    expect(judge(exhibit())).toEqual({ verdict: 'pass', reasons: ['1 of 1 gates hold'] });
  });

  test.each([
    [0.93, 'pass'],
    [0.9299, 'fail'],
    [1, 'pass'],
  ])('atLeast is inclusive: %d is a %s', (accuracy, verdict) => {
    expect(judge(exhibit({}, { metrics: { accuracy } })).verdict).toBe(verdict);
  });

  test.each([
    [0.35, 'pass'],
    [0.3501, 'fail'],
  ])('atMost is inclusive: %d is a %s', (logLoss, verdict) => {
    const gates = [{ metric: 'logLoss', atMost: 0.35 }];
    expect(judge(exhibit({ gates }, { metrics: { logLoss } })).verdict).toBe(verdict);
  });

  test('lists every reason at once', () => {
    const gates = [
      { metric: 'accuracy', atLeast: 0.99 },
      { metric: 'logLoss', atMost: 0.1 },
    ];
    expect(judge(exhibit({ gates }))).toEqual({
      verdict: 'fail',
      reasons: ['accuracy is 0.97, must be at least 0.99', 'logLoss is 0.15, must be at most 0.1'],
    });
  });

  test.each([[null], ['0.99'], [Number.NaN], [Number.POSITIVE_INFINITY], [true]])(
    'a metric that is %j fails, whatever the gate allows',
    (accuracy) => {
      const verdict = judge(
        exhibit({ gates: [{ metric: 'accuracy', atLeast: 0, atMost: 1 }] }, { metrics: { accuracy } }),
      );
      expect(verdict.verdict).toBe('fail');
      expect(verdict.reasons[0]).toContain('must be a finite number');
    },
  );

  test('a metric that is missing fails', () => {
    expect(judge(exhibit({}, { metrics: {} })).reasons).toEqual(['accuracy is missing from the evidence']);
  });

  test('no gate, or a gate without a bound, passes nothing', () => {
    expect(judge(exhibit({ gates: [] })).verdict).toBe('fail');
    expect(judge(exhibit({ gates: [{ metric: 'accuracy' }] })).verdict).toBe('fail');
  });

  test.each([
    ['another artefact', { model: { name: 'iris', digest: digestOf('0') } }],
    ['another model', { model: { name: 'roses', digest: ARTIFACT_DIGEST } }],
    ['another dataset', { dataset: { name: 'roses', version: '1.0.0', digest: DATASET_DIGEST, rows: 45 } }],
    ['another dataset version', { dataset: { name: 'iris', version: '2.0.0', digest: DATASET_DIGEST, rows: 45 } }],
    ['other data', { dataset: { name: 'iris', version: '1.0.0', digest: digestOf('0'), rows: 45 } }],
    ['no data', { dataset: { name: 'iris', version: '1.0.0', digest: DATASET_DIGEST, rows: 0 } }],
    [
      'an artefact trained on other data',
      {
        model: {
          name: 'iris',
          digest: ARTIFACT_DIGEST,
          trainedOn: { name: 'iris', version: '1.0.0', digest: digestOf('0') },
        },
      },
    ],
  ])('evidence of %s fails, however good it is', (_what, document) => {
    expect(judge(exhibit({}, document)).verdict).toBe('fail');
  });

  test('held-out rows that training may have seen go to a human', () => {
    expect(judge(exhibit({}, { heldOutIndependent: false })).verdict).toBe('needs-human');
  });

  test('a failed gate is not softened by a doubt', () => {
    const verdict = judge(exhibit({}, { heldOutIndependent: false, metrics: { accuracy: 0.5 } }));
    expect(verdict.verdict).toBe('fail');
  });
});

describe('judge against the newest registered version', () => {
  const gates = [{ metric: 'accuracy', atLeast: 0.9, maxRegression: 0.02 }];

  test.each([
    [0.99, 'pass'],
    [0.9901, 'fail'],
    [0.5, 'pass'],
  ])('a version with %d makes 0.97 a %s', (before, verdict) => {
    expect(judge(exhibit({ gates, baseline: registered(before) })).verdict).toBe(verdict);
  });

  test('smaller is better where the bound is atMost', () => {
    const smaller = [{ metric: 'logLoss', atMost: 0.5, maxRegression: 0.01 }];
    const baseline = { version: '1.1.0', evidence: evidenceSchema.parse(evidence({ metrics: { logLoss: 0.1 } })) };
    expect(judge(exhibit({ gates: smaller, baseline })).reasons).toEqual([
      'logLoss is 0.15, version 1.1.0 has 0.1: worse by more than 0.01',
    ]);
  });

  test('without a version to compare with a human decides', () => {
    expect(judge(exhibit({ gates }))).toMatchObject({ verdict: 'needs-human' });
  });

  test('a version evaluated on other data is no fair comparison', () => {
    expect(judge(exhibit({ gates, baseline: registered(0.99, digestOf('0')) })).verdict).toBe('needs-human');
  });

  test('a version without the metric is no comparison', () => {
    expect(judge(exhibit({ gates, baseline: registered('n/a') })).verdict).toBe('needs-human');
  });
});
