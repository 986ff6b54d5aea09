import { approvalProblems } from '../../../constructs/delivery/model-registration/approved';
import { type RegisterPorts, register } from '../../../constructs/delivery/model-registration/register';
import type { ReviewRecord } from '../../../constructs/delivery/private/review-record';
import { type ModelVersion, manifestDigest, releaseManifest } from '../../../constructs/registry/model-version';
import { versionOf } from '../../../constructs/registry/version-item';
import {
  ARTIFACT,
  ARTIFACT_DIGEST,
  approvalBy,
  caller,
  digestOf,
  gateResult,
  MemoryObjects,
  MemoryTables,
  NOW,
  REVIEWER_ROLE,
  reviewRecord,
  trainingRequest,
} from './support';

const CANDIDATE = 's3://artifacts/work/iris/1.2.0-abc/training/model.tar.gz';
const PLACE = 's3://artifacts/models/iris/1.2.0/model.tar.gz';
const APPROVED = reviewRecord({ status: 'approved', approvals: [approvalBy('bob')] });

function scene(review: ReviewRecord | undefined = APPROVED, versions = new Map<string, ModelVersion>()) {
  const tables = new MemoryTables();
  if (review) tables.seed(review);
  const objects = new MemoryObjects({ [CANDIDATE]: ARTIFACT });
  const signed: string[] = [];
  const ports: RegisterPorts = {
    objects,
    reviews: tables,
    journal: tables,
    version: async (model, version) => {
      const item = [...tables.items.values()].find(
        (one) =>
          JSON.stringify([one['pk'], one['sk']]) ===
          JSON.stringify([{ S: `model#${model}` }, { S: `version#${version}` }]),
      );
      return versions.get(version) ?? (item && versionOf(item));
    },
    sign: async (digest) => {
      signed.push(digest);
      return Buffer.from('signature').toString('base64');
    },
    artifactBucket: 'artifacts',
    modelTable: 'models',
    actor: 'arn:aws:iam::123456789012:role/registration',
    now: () => NOW,
  };
  return { tables, objects, signed, ports, event: { request: trainingRequest(), gate: gateResult() } };
}

describe('register', () => {
  test('copies, signs and writes version and ledger entry', async () => {
    const { event, ports, objects, tables, signed } = scene();
    const version = await register(event, ports);
    expect(version).toEqual({
      name: 'iris',
      version: '1.2.0',
      artifactDigest: ARTIFACT_DIGEST,
      artifactKey: 'models/iris/1.2.0/model.tar.gz',
      dataset: 'iris@1.0.0',
      datasetDigest: trainingRequest().datasetDigest,
      evidenceDigest: gateResult().evidenceDigest,
      evidenceKey: 'evidence/iris/1.2.0-abc/evidence.json',
      execution: '1.2.0-abc',
      submitter: caller('alice').arn,
      approvers: [caller('bob', REVIEWER_ROLE).arn],
      createdAt: NOW.toISOString(),
      stage: 'registered',
      signature: Buffer.from('signature').toString('base64'),
    });
    expect(signed).toEqual([manifestDigest(releaseManifest(version))]);
    expect(await objects.digest(PLACE)).toBe(ARTIFACT_DIGEST);
    expect(tables.decisions).toMatchObject([
      { type: 'Model Registered', details: { artifactDigest: ARTIFACT_DIGEST } },
    ]);
  });

  test('a repetition changes nothing and answers the same', async () => {
    const { event, ports, tables } = scene();
    const first = await register(event, ports);
    expect(await register(event, { ...ports, now: () => new Date('2027-01-01') })).toEqual(first);
    expect(tables.types).toEqual(['Model Registered']);
  });

  test('a repetition after the copy alone completes', async () => {
    const { event, ports, objects } = scene();
    objects.objects.set(PLACE, ARTIFACT);
    expect(await register(event, ports)).toMatchObject({ version: '1.2.0' });
  });

  test('a version of another execution is never replaced', async () => {
    const other = await register(scene().event, scene().ports);
    const { event, ports, tables } = scene(APPROVED, new Map([['1.2.0', { ...other, execution: 'other' }]]));
    await expect(register(event, ports)).rejects.toThrow('iris@1.2.0 is registered already, by execution other');
    expect(tables.decisions).toEqual([]);
  });

  test('of two executions at once the slower one is refused', async () => {
    const { event, ports } = scene();
    let asked = 0;
    const other = { ...(await register(scene().event, scene().ports)), execution: 'other' };
    const racing: RegisterPorts = {
      ...ports,
      version: async () => (asked++ === 0 ? undefined : other),
      journal: { write: async () => 'conflict' },
    };
    await expect(register(event, racing)).rejects.toThrow(/by execution other/);
  });

  test('another artefact at the immutable place is not overwritten', async () => {
    const { event, ports, objects } = scene();
    objects.objects.set(PLACE, new TextEncoder().encode('another'));
    await expect(register(event, ports)).rejects.toThrow(/taken by another artefact/);
  });

  test('bytes that changed after the gate are not copied', async () => {
    const { event, ports, objects } = scene();
    objects.objects.set(CANDIDATE, new TextEncoder().encode('swapped'));
    await expect(register(event, ports)).rejects.toThrow('BadDigest');
  });

  test('an answered task token alone registers nothing', async () => {
    const { event, ports, objects, tables } = scene(reviewRecord());
    await expect(register(event, ports)).rejects.toThrow('not registered: the review is open; 0 of 1 people approved');
    expect([objects.objects.has(PLACE), tables.decisions]).toEqual([false, []]);
  });
});

const problems = (review: ReviewRecord | undefined, gate = gateResult()) =>
  approvalProblems(trainingRequest(), gate, review);

describe('approvalProblems', () => {
  test('none for an approved review of this candidate', () => {
    expect(problems(APPROVED)).toEqual([]);
  });

  test.each([
    ['no review', undefined, /no record/],
    ['an open one', reviewRecord(), /is open/],
    ['a rejected one', { ...APPROVED, status: 'rejected' as const }, /is rejected/],
    ['an expired one', { ...APPROVED, status: 'expired' as const }, /is expired/],
    ['too few people', { ...APPROVED, requiredApprovals: 2 }, /1 of 2 people/],
    [
      'one person twice',
      { ...APPROVED, requiredApprovals: 2, approvals: [approvalBy('bob'), approvalBy('Bob')] },
      /1 of 2/,
    ],
    ['the submitter', { ...APPROVED, approvals: [approvalBy('Alice')] }, /submitter is among/],
    ['another artefact', { ...APPROVED, artifactDigest: digestOf('0') }, /another artefact/],
    ['other evidence', { ...APPROVED, evidenceDigest: digestOf('0') }, /other evidence/],
    ['another version', { ...APPROVED, version: '9.9.9' }, /another version/],
  ])('refuses %s', (_what, review, reason) => {
    expect(problems(review).join('; ')).toMatch(reason);
  });

  test('a gate that failed cannot be approved away', () => {
    expect(problems(APPROVED, gateResult({ verdict: 'fail' }))).toEqual(['the gate refused the candidate']);
  });
});
