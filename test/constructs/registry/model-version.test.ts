import {
  artifactKey,
  canMove,
  datasetPrefix,
  digestBytes,
  evidenceKey,
  type LiveVersion,
  liveKey,
  livePut,
  liveQuery,
  liveVersionOf,
  type ModelVersion,
  manifestDigest,
  modelRegisteredSchema,
  modelVersionSchema,
  promptKey,
  registerPut,
  releaseManifest,
  stageUpdate,
  VERSION_STAGES,
  versionKey,
  versionOf,
  workPrefix,
} from '../../../constructs';

const digest = (hex: string) => `sha256:${hex.repeat(64)}`;

function version(changes: Partial<ModelVersion> = {}): ModelVersion {
  return {
    name: 'iris',
    version: '1.0.0',
    artifactDigest: digest('a'),
    artifactKey: 'models/iris/1.0.0/model.tar.gz',
    dataset: 'iris@1.0.0',
    datasetDigest: digest('b'),
    evidenceDigest: digest('c'),
    evidenceKey: 'evidence/iris/e1/evidence.json',
    execution: 'e1',
    submitter: 'ada',
    approvers: ['grace'],
    createdAt: '2026-11-25T06:00:00.000Z',
    stage: 'registered',
    signature: Buffer.from('signature').toString('base64'),
    ...changes,
  };
}

describe('release manifest', () => {
  test('holds what makes a version, and nothing that changes later', () => {
    const manifest = releaseManifest(version());
    expect(manifest).not.toHaveProperty('stage');
    expect(manifest).not.toHaveProperty('signature');
    expect(manifestDigest(manifest)).toBe(manifestDigest(releaseManifest(version({ stage: 'released' }))));
  });

  test('its digest does not depend on the order of the fields', () => {
    const reversed = Object.fromEntries(Object.entries(version()).toReversed()) as ModelVersion;
    expect(manifestDigest(releaseManifest(reversed))).toBe(manifestDigest(releaseManifest(version())));
  });

  test.each([
    ['artifactDigest', digest('d')],
    ['datasetDigest', digest('d')],
    ['evidenceDigest', digest('d')],
    ['version', '1.0.1'],
    ['approvers', ['eve']],
  ])('its digest changes with %s', (field, value) => {
    const changed = releaseManifest(version({ [field]: value }));
    expect(manifestDigest(changed)).not.toBe(manifestDigest(releaseManifest(version())));
  });

  test('the bytes to sign are the 32 of the digest', () => {
    expect(digestBytes(manifestDigest(releaseManifest(version())))).toHaveLength(32);
  });

  test('is pinned: old signatures must stay verifiable', () => {
    expect(manifestDigest(releaseManifest(version()))).toMatchInlineSnapshot(
      `"sha256:c3c9c1004f3a9dcf850ac67bd9628c599574bf8126344c7de80a76b09d9c1b17"`,
    );
  });
});

describe('model version', () => {
  test.each([
    [{ version: '1.0' }, 'version'],
    [{ artifactDigest: 'sha256:1' }, 'artifactDigest'],
    [{ dataset: 'iris' }, 'dataset'],
    [{ approvers: [] }, 'approvers'],
    [{ approvers: ['ada'] }, 'approvers'],
    [{ createdAt: 'today' }, 'createdAt'],
    [{ signature: '?' }, 'signature'],
  ])('%j is refused', (changes, path) => {
    const { error } = modelVersionSchema.safeParse({ ...version(), ...changes });
    expect(error?.issues.map((issue) => issue.path[0])).toEqual([path]);
  });

  test('goes from stage to stage, and a revoked one nowhere', () => {
    const moves = VERSION_STAGES.flatMap((from) =>
      VERSION_STAGES.filter((to) => canMove(from, to)).map((to) => `${from} -> ${to}`),
    );
    expect(moves).toEqual([
      'registered -> released',
      'registered -> retired',
      'registered -> revoked',
      'released -> retired',
      'released -> revoked',
      'retired -> released',
      'retired -> revoked',
    ]);
  });

  test('the event must name an artefact of the store', () => {
    const event = { name: 'iris', version: '1.0.0', artifactDigest: digest('a'), artifactKey: 'work/x' };
    expect(modelRegisteredSchema.safeParse(event).success).toBe(false);
    expect(modelRegisteredSchema.parse({ ...event, artifactKey: 'models/x', more: 1 })).not.toHaveProperty('more');
  });
});

describe('items', () => {
  test('a version is written once and read back as it was', () => {
    const put = registerPut('models', version());
    expect(put.ConditionExpression).toBe('attribute_not_exists(pk)');
    expect(put.Item).toMatchObject(versionKey('iris', '1.0.0'));
    expect(versionOf(put.Item)).toEqual(version());
  });

  test('what is live is read back, by cell', () => {
    const live: LiveVersion = {
      name: 'iris',
      cell: 'main',
      version: '1.0.0',
      artifactDigest: digest('a'),
      execution: 'e1',
      since: '2026-11-25T06:00:00.000Z',
    };
    const put = livePut('models', live);
    expect(put.Item).toMatchObject(liveKey('iris', 'main'));
    expect(liveVersionOf(put.Item)).toEqual(live);
    expect(liveQuery('models', 'main')).toMatchObject({ IndexName: 'live' });
  });

  test('a version does not become part of the index of what is live', () => {
    expect(registerPut('models', version()).Item).not.toHaveProperty('cell');
  });

  test('a stage changes from the one that was seen, and only where it may', () => {
    expect(stageUpdate('models', version(), 'registered', 'released')).toMatchObject({
      Key: versionKey('iris', '1.0.0'),
      ConditionExpression: '#stage = :from',
      ExpressionAttributeValues: { ':from': { S: 'registered' }, ':to': { S: 'released' } },
    });
    expect(() => stageUpdate('models', version(), 'revoked', 'released')).toThrow("from 'revoked' to 'released'");
  });

  test('an item that is none is refused', () => {
    expect(() => versionOf({ pk: { S: 'x' }, name: { BOOL: true }, more: 1 })).toThrow('name');
  });
});

test('keys of objects', () => {
  expect([
    artifactKey('iris', '1.0.0'),
    workPrefix('iris', 'e1'),
    datasetPrefix('iris', '1.0.0'),
    promptKey('greet', '1.0.0'),
    evidenceKey('iris', 'e1'),
  ]).toEqual([
    'models/iris/1.0.0/model.tar.gz',
    'work/iris/e1/',
    'datasets/iris/1.0.0/',
    'prompts/greet/1.0.0/prompt.json',
    'evidence/iris/e1/evidence.json',
  ]);
});
