import { type LocalSummary, summaryText } from '../../../lib/local/summary';

const summary: LocalSummary = {
  ok: true,
  seconds: 30,
  emulator: 'MiniStack 1.5.33',
  deployment: {
    stacks: 2,
    resources: 4,
    emulated: { resources: 3, types: { 'AWS::S3::Bucket': 2, 'AWS::KMS::Key': 1 } },
    recordedOnly: { resources: 1, types: { 'Custom::AWSCDK-EKS-HelmChart': 1 } },
    completedByApi: { resources: 0, types: {} },
    ignoredProperties: { 'AWS::S3::Bucket': ['BucketEncryption', 'LoggingConfiguration'] },
    inventedAttributes: {},
    refusedCalls: [],
  },
  simulated: [{ inTheCloud: 'SageMaker jobs', here: 'local-runner' }],
  relaxations: ['environment dev'],
  model: {
    model: 'iris',
    version: '1.0.0',
    execution: 'arn:x',
    submitter: 'alice',
    reviewer: 'bob',
    ownApproval: '403',
    decision: 'registered',
    reasons: [],
    metrics: { accuracy: 0.977_777 },
    artifactDigest: 'sha256:a',
    heldOut: { rows: 45, correct: 44, accuracy: 44 / 45, largestConfidenceDifference: 0 },
    jobs: [],
  },
  commands: [{ what: 'one flower', text: 'curl x' }],
  steps: [],
};

test('deployed is said only of a local emulator, with its version and the three counts', () => {
  const text = summaryText(summary);
  expect(text).toContain('Deployed to a local emulator (MiniStack 1.5.33), not to AWS: 2 stacks, 4 resources');
  expect(text).toContain('emulated: 3 resources of 2 types');
  expect(text).toContain('recorded only (written down, nothing was created): 1 resources of 1 types');
  expect(text).toContain('properties ignored by the emulator: 2');
});

test('stand-ins, relaxations and commands are listed', () => {
  const text = summaryText(summary);
  for (const part of ['SageMaker jobs: local-runner', 'environment dev', '# one flower\n  curl x'])
    expect(text).toContain(part);
});

test('the answers are told with rows, accuracy and the comparison', () => {
  expect(summaryText(summary)).toContain('45 held-out rows posted: accuracy 0.9778 (44 of 45)');
  expect(summaryText(summary)).toContain('approval by the submitter was answered 403; approved by bob');
});

test('a refused model tells why, and nothing of serving', () => {
  const model = {
    ...summary.model,
    decision: 'refused by the gate' as const,
    reasons: ['accuracy is 0.7, must be at least 0.93'],
    ownApproval: undefined,
    artifactDigest: undefined,
    heldOut: undefined,
  };
  const text = summaryText({ ...summary, model });
  expect(text).toContain('gate: accuracy is 0.7, must be at least 0.93');
  expect(text).not.toContain('served');
});

test('lines stay within 120 columns where they are lists', () => {
  const types = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`AWS::Service::Type${i}`, i]));
  const deployment = { ...summary.deployment, emulated: { resources: 60, types } };
  const lines = summaryText({ ...summary, deployment })
    .split('\n')
    .filter((line) => line.includes('Service::Type'));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});
