import { Readable } from 'node:stream';
import { nextEntry } from '../../../constructs/audit';
import { appendPut } from '../../../constructs/audit/ledger-item';
import { sha256 } from '../../../constructs/core/canonical-json';
import { ManifestSigner } from '../../../constructs/delivery/model-registration/manifest-signer';
import { BusPublisher } from '../../../constructs/delivery/private/events';
import { DynamoJournal } from '../../../constructs/delivery/private/journal';
import { measurement } from '../../../constructs/delivery/private/measure';
import { MAX_ARTIFACT_BYTES, S3ObjectStore } from '../../../constructs/delivery/private/object-store';
import { reviewPut } from '../../../constructs/delivery/private/review-items';
import { DynamoReviewStore } from '../../../constructs/delivery/private/review-store';
import { parseS3Uri } from '../../../constructs/delivery/private/s3-uri';
import { VersionStore } from '../../../constructs/delivery/private/version-store';
import { StepFunctionsTokens } from '../../../constructs/delivery/review-decision/task-tokens';
import { WorkflowStarter } from '../../../constructs/delivery/submission/workflow-starter';
import { awsError, fakeClient, NOW, reviewRecord } from './support';

const TO = { bucket: 'b', key: 'k' };
const object = (text: string, size = text.length) => ({
  Body: Readable.from([Buffer.from(text)]),
  ContentLength: size,
});

describe('S3ObjectStore', () => {
  test('computes the digest of the bytes', async () => {
    const { client } = fakeClient(object('abc'));
    expect(await new S3ObjectStore(client).digest('s3://b/k')).toBe(sha256('abc'));
  });

  test('copies once, with S3 checking the digest', async () => {
    const { client, sent } = fakeClient(object('abc'), {});
    expect(await new S3ObjectStore(client).copyOnce('s3://a/x', TO, sha256('abc'))).toBe('added');
    expect(sent[1]).toMatchObject({
      name: 'PutObjectCommand',
      input: { IfNoneMatch: '*', ContentLength: 3, ChecksumSHA256: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' },
    });
  });

  test('a taken key is an answer, anything else an error', async () => {
    const taken = new S3ObjectStore(fakeClient(awsError('PreconditionFailed')).client);
    expect(await taken.addOnce(TO, Buffer.from('abc'), sha256('abc'))).toBe('taken');
    const broken = new S3ObjectStore(fakeClient(awsError('BadDigest')).client);
    await expect(broken.addOnce(TO, Buffer.from('abc'), sha256('x'))).rejects.toThrow(/s3:\/\/b\/k was not written/);
  });

  test('refuses an artefact that one upload cannot carry', async () => {
    const { client } = fakeClient(object('abc', MAX_ARTIFACT_BYTES + 1));
    await expect(new S3ObjectStore(client).copyOnce('s3://a/x', TO, sha256('abc'))).rejects.toThrow(
      /at most 5368709120/,
    );
  });

  test('reads small documents alone', async () => {
    const { client } = fakeClient(object('abc'), object('abc'));
    const store = new S3ObjectStore(client);
    expect(Buffer.from(await store.read('s3://b/k')).toString()).toBe('abc');
    await expect(store.read('s3://b/k', 2)).rejects.toThrow(/at most 2/);
  });

  test.each(['http://b/k', 's3://b', 's3:///k'])('refuses the address %s', (uri) => {
    expect(() => parseS3Uri(uri)).toThrow(/is not of the form/);
  });
});

const cancelled = (...codes: string[]) =>
  awsError('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });

describe('DynamoJournal', () => {
  const decision = {
    type: 'Gate Decided',
    subject: 'model/iris/1.0.0',
    actor: 'arn:x',
    at: NOW.toISOString(),
    details: {},
  };
  const put = reviewPut('reviews', reviewRecord());
  test('writes records and the next entry of the chain in one transaction', async () => {
    const first = appendPut('ledger', nextEntry('model-iris', undefined, decision));
    const { client, sent } = fakeClient({ Items: [first.Item] }, {});
    expect(await new DynamoJournal(client, 'ledger').write('iris', decision, [put])).toBe('written');
    const items = sent[1]!.input['TransactItems'] as { Put: { TableName: string; Item: Record<string, unknown> } }[];
    expect(items.map((item) => item.Put.TableName)).toEqual(['reviews', 'ledger']);
    expect(items[1]!.Put.Item).toMatchObject({ chain: { S: 'model-iris' }, sequence: { N: '2' } });
  });

  test('a record that changed is a conflict', async () => {
    const { client } = fakeClient({}, cancelled('ConditionalCheckFailed', 'None'));
    expect(await new DynamoJournal(client, 'ledger').write('iris', decision, [put])).toBe('conflict');
  });

  test('a chain that grew meanwhile is read again', async () => {
    const { client, sent } = fakeClient(
      {},
      cancelled('None', 'ConditionalCheckFailed'),
      {},
      cancelled('TransactionConflict', 'None'),
      {},
      {},
    );
    expect(await new DynamoJournal(client, 'ledger').write('iris', decision, [put])).toBe('written');
    expect(sent.filter(({ name }) => name === 'TransactWriteItemsCommand')).toHaveLength(3);
  });

  test('other errors are not hidden', async () => {
    const { client } = fakeClient({}, awsError('AccessDeniedException'));
    await expect(new DynamoJournal(client, 'ledger').write('iris', decision)).rejects.toThrow('AccessDeniedException');
  });
});

describe('DynamoReviewStore', () => {
  test('reads consistently', async () => {
    const item = reviewPut('reviews', reviewRecord()).Item;
    const { client, sent } = fakeClient({ Item: item }, { Items: [item] }, {});
    const store = new DynamoReviewStore(client, 'reviews');
    expect(await store.review('iris', '1.2.0', '1.2.0-abc')).toEqual(reviewRecord());
    expect(await store.reviews('iris', '1.2.0')).toEqual([reviewRecord()]);
    expect(await store.submission('none')).toBeUndefined();
    expect(sent.every(({ input }) => input['ConsistentRead'] === true)).toBe(true);
  });
});

const item = (version: string, createdAt: string, stage = 'registered') => ({
  pk: { S: 'model#iris' },
  sk: { S: `version#${version}` },
  ...Object.fromEntries(
    Object.entries({
      name: 'iris',
      version,
      artifactDigest: `sha256:${'a'.repeat(64)}`,
      artifactKey: 'models/iris/x',
      dataset: 'iris@1.0.0',
      datasetDigest: `sha256:${'a'.repeat(64)}`,
      evidenceDigest: `sha256:${'a'.repeat(64)}`,
      evidenceKey: 'evidence/x',
      execution: 'x',
      submitter: 'alice',
      createdAt,
      stage,
      signature: 'c2ln',
    }).map(([key, value]) => [key, { S: value }]),
  ),
  approvers: { L: [{ S: 'bob' }] },
});

describe('VersionStore', () => {
  test('the newest version is the one registered last, over all pages, revoked ones left out', async () => {
    const { client } = fakeClient(
      {
        Items: [item('2.0.0', '2026-01-02T00:00:00Z'), item('1.0.0', '2026-01-01T00:00:00Z')],
        LastEvaluatedKey: { pk: {} },
      },
      { Items: [item('1.9.0', '2026-01-03T00:00:00Z'), item('3.0.0', '2026-01-04T00:00:00Z', 'revoked')] },
    );
    expect(await new VersionStore(client, 'models').newest('iris')).toMatchObject({ version: '1.9.0' });
  });

  test('a version that does not exist is undefined', async () => {
    expect(await new VersionStore(fakeClient({}).client, 'models').find('iris', '1.0.0')).toBeUndefined();
  });
});

describe('the other clients', () => {
  test('BusPublisher reports an event that the bus did not take', async () => {
    const failed = fakeClient({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] });
    await expect(new BusPublisher(failed.client, 'bus', 'groundplane.x').publish('Review Decided', {})).rejects.toThrow(
      /InternalFailure/,
    );
    const taken = fakeClient({ FailedEntryCount: 0 });
    await new BusPublisher(taken.client, 'bus', 'groundplane.x').publish('Review Decided', { a: 1 });
    expect(taken.sent[0]!.input['Entries']).toEqual([
      { EventBusName: 'bus', Source: 'groundplane.x', DetailType: 'Review Decided', Detail: '{"a":1}' },
    ]);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'StepFunctionsTokens: %s means gone',
    async (name) => {
      const output = { decision: 'approved' as const, approvers: [], comment: '' };
      expect(await new StepFunctionsTokens(fakeClient(awsError(name)).client).succeed('t', output)).toBe('gone');
      expect(await new StepFunctionsTokens(fakeClient({}).client).succeed('t', output)).toBe('taken');
      await expect(
        new StepFunctionsTokens(fakeClient(awsError('Throttled')).client).succeed('t', output),
      ).rejects.toThrow('Throttled');
    },
  );

  test('WorkflowStarter names the workflow after the model', async () => {
    const { client, sent } = fakeClient({ executionArn: 'arn:execution' });
    expect(await new WorkflowStarter(client, 'arn:prefix-').start('iris', 'x', { a: 1 })).toBe('arn:execution');
    expect(sent[0]!.input).toEqual({ stateMachineArn: 'arn:prefix-iris', name: 'x', input: '{"a":1}' });
    const unknown = new WorkflowStarter(fakeClient(awsError('StateMachineDoesNotExist')).client, 'arn:');
    expect(await unknown.start('roses', 'x', {})).toBeUndefined();
  });

  test('ManifestSigner signs the digest, not a message', async () => {
    const { client, sent } = fakeClient({ Signature: Buffer.from('sig') });
    expect(await new ManifestSigner(client, 'key').sign(sha256('x'))).toBe(Buffer.from('sig').toString('base64'));
    expect(sent[0]!.input).toMatchObject({ MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' });
    expect((sent[0]!.input['Message'] as Uint8Array).byteLength).toBe(32);
  });

  test('a measurement is in the embedded metric format', () => {
    expect(JSON.parse(measurement('ReviewAge', 'Seconds', 5, 'iris', NOW))).toEqual({
      _aws: {
        Timestamp: NOW.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'Groundplane/Delivery',
            Dimensions: [['Model']],
            Metrics: [{ Name: 'ReviewAge', Unit: 'Seconds' }],
          },
        ],
      },
      Model: 'iris',
      ReviewAge: 5,
    });
  });
});
