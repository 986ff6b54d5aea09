import { ZodError } from 'zod';
import type { ModelVersion } from '../../../constructs';
import { sha256 } from '../../../constructs/core/canonical-json';
import { loadBaseline } from '../../../constructs/delivery/promotion-gate/baseline';
import { type GatePorts, judgeCandidate } from '../../../constructs/delivery/promotion-gate/judge-candidate';
import {
  ARTIFACT,
  ARTIFACT_DIGEST,
  digestOf,
  evidence,
  MemoryObjects,
  MemoryTables,
  NOW,
  trainingRequest,
} from './support';

const CANDIDATE = 's3://artifacts/work/iris/1.2.0-abc/training/model.tar.gz';
const DOCUMENT = 's3://artifacts/work/iris/1.2.0-abc/evaluation/evidence.json';
const KEPT = 's3://evidence/evidence/iris/1.2.0-abc/evidence.json';

function scene(document: object = evidence()) {
  const text = JSON.stringify(document);
  const objects = new MemoryObjects({ [CANDIDATE]: ARTIFACT, [DOCUMENT]: text });
  const journal = new MemoryTables();
  const ports: GatePorts = {
    objects,
    journal,
    baseline: async () => undefined,
    evidenceBucket: 'evidence',
    actor: 'arn:aws:iam::123456789012:role/gate',
    now: () => NOW,
  };
  const event = {
    request: trainingRequest(),
    artifact: CANDIDATE,
    claimed: { artifact: '', evidence: '' },
    gates: [{ metric: 'accuracy', atLeast: 0.93 }],
  };
  return { objects, journal, ports, event, digest: sha256(text) };
}

describe('judgeCandidate', () => {
  test('judges, keeps the evidence for good, writes the verdict down', async () => {
    const { event, ports, objects, journal, digest } = scene();
    expect(await judgeCandidate(event, ports)).toEqual({
      verdict: 'pass',
      reasons: ['1 of 1 gates hold'],
      artifactUri: CANDIDATE,
      artifactDigest: ARTIFACT_DIGEST,
      evidenceUri: KEPT,
      evidenceDigest: digest,
      metrics: { accuracy: 0.97, logLoss: 0.15 },
    });
    expect(await objects.digest(KEPT)).toBe(digest);
    expect(journal.decisions).toMatchObject([
      { type: 'Gate Decided', details: { verdict: 'pass', evidenceDigest: digest } },
    ]);
  });

  test('a worse model fails by value, and its evidence is kept as well', async () => {
    const { event, ports, objects } = scene(evidence({ metrics: { accuracy: 0.75 } }));
    expect(await judgeCandidate(event, ports)).toMatchObject({
      verdict: 'fail',
      reasons: ['accuracy is 0.75, must be at least 0.93'],
    });
    expect(objects.objects.has(KEPT)).toBe(true);
  });

  test('the digest of the artefact is computed from its bytes, not taken from anybody', async () => {
    const { event, ports, objects } = scene();
    objects.objects.set(CANDIDATE, new TextEncoder().encode('another model'));
    expect(await judgeCandidate(event, ports)).toMatchObject({ verdict: 'fail' });
  });

  test.each(['artifact', 'evidence'])('bytes that are not the ones that the worker named stop it: %s', async (what) => {
    const { event, ports } = scene();
    const claimed = { ...event.claimed, [what]: digestOf('0') };
    await expect(judgeCandidate({ ...event, claimed }, ports)).rejects.toThrow(/the job answered sha256:0/);
  });

  test('digests that the worker named rightly pass', async () => {
    const { event, ports, digest } = scene();
    const claimed = { artifact: ARTIFACT_DIGEST, evidence: digest };
    expect(await judgeCandidate({ ...event, claimed }, ports)).toMatchObject({ verdict: 'pass' });
  });

  test('a candidate from elsewhere is not looked at', async () => {
    const { event, ports } = scene();
    const artifact = 's3://artifacts/models/iris/1.0.0/model.tar.gz';
    await expect(judgeCandidate({ ...event, artifact }, ports)).rejects.toThrow(/outside of/);
  });

  test('a repetition finds the evidence it kept; other evidence at its place stops it', async () => {
    const { event, ports, objects, digest } = scene();
    await judgeCandidate(event, ports);
    expect(await judgeCandidate(event, ports)).toMatchObject({ evidenceDigest: digest });
    objects.objects.set(KEPT, new TextEncoder().encode('{}'));
    await expect(judgeCandidate(event, ports)).rejects.toThrow(/holds other evidence/);
  });

  test('a document that is no evidence stops it', async () => {
    const { event, ports } = scene({ schemaVersion: 2 });
    await expect(judgeCandidate(event, ports)).rejects.toThrow(ZodError);
  });

  test('the newest version is looked up only when a gate compares', async () => {
    const { event, ports } = scene();
    const looked: string[] = [];
    const comparing = { ...ports, baseline: async (model: string) => void looked.push(model) };
    await judgeCandidate(event, comparing);
    expect(looked).toEqual([]);
    const gates = [{ metric: 'accuracy', atLeast: 0.93, maxRegression: 0.01 }];
    expect(await judgeCandidate({ ...event, gates }, comparing)).toMatchObject({ verdict: 'needs-human' });
    expect(looked).toEqual(['iris']);
  });
});

describe('loadBaseline', () => {
  const text = JSON.stringify(evidence());
  const version = { version: '1.1.0', evidenceKey: 'evidence/old.json', evidenceDigest: sha256(text) } as ModelVersion;

  test('reads the evidence that the version was registered with', async () => {
    const objects = new MemoryObjects({ 's3://evidence/evidence/old.json': text });
    expect(await loadBaseline(version, objects, 'evidence')).toMatchObject({ version: '1.1.0' });
    expect(await loadBaseline(undefined, objects, 'evidence')).toBeUndefined();
  });

  test('refuses evidence that was replaced', async () => {
    const objects = new MemoryObjects({ 's3://evidence/evidence/old.json': JSON.stringify(evidence({ metrics: {} })) });
    await expect(loadBaseline(version, objects, 'evidence')).rejects.toThrow(/registered is sha256:/);
  });
});
