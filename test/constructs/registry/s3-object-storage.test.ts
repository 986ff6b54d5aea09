import { S3Client } from '@aws-sdk/client-s3';
import { S3ObjectStorage } from '../../../constructs/registry/artifact-replication/s3-object-storage';

interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A client that answers by the name of the command and notes what was asked. */
function client(answers: Readonly<Record<string, unknown>>) {
  const sent: Sent[] = [];
  const fake = new S3Client({ region: 'eu-west-1' });
  fake.send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    sent.push({ name, input: command.input });
    const answer = answers[name] ?? {};
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
  return { fake, sent };
}

const failure = (httpStatusCode: number) => Object.assign(new Error('refused'), { $metadata: { httpStatusCode } });

async function* body() {
  yield Buffer.from('a');
  yield Buffer.from('bc');
}

const location = { bucket: 'data', key: 'models/a' };
const HASH_OF_ABC = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

function storage(answers: Readonly<Record<string, unknown>>) {
  const { fake, sent } = client(answers);
  return { sent, s3: new S3ObjectStorage({ client: fake, bucket: 'data', account: '123456789012' }) };
}

describe('S3ObjectStorage', () => {
  test('takes the digest noted beside the object', async () => {
    const { s3, sent } = storage({ HeadObject: { Metadata: { sha256: 'sha256:1' } } });
    expect(await s3.digest(location)).toBe('sha256:1');
    expect(sent).toEqual([
      { name: 'HeadObject', input: { Bucket: 'data', Key: 'models/a', ExpectedBucketOwner: '123456789012' } },
    ]);
  });

  test('computes the digest when none is noted', async () => {
    const { s3 } = storage({ HeadObject: {}, GetObject: { Body: body() } });
    expect(await s3.digest(location)).toBe(HASH_OF_ABC);
  });

  test('tells a missing object from a forbidden one', async () => {
    expect(await storage({ HeadObject: failure(404) }).s3.digest(location)).toBeUndefined();
    await expect(storage({ HeadObject: failure(403) }).s3.digest(location)).rejects.toThrow('refused');
  });

  test('an upload appears only where nothing is', async () => {
    const { s3, sent } = storage({ CreateMultipartUpload: { UploadId: 'u' }, UploadPart: { ETag: 'e' } });
    const upload = await s3.begin(location, 'sha256:1');
    await upload.part(Buffer.from('abc'));
    expect(await upload.complete()).toBe(true);
    expect(sent[0]?.input).toMatchObject({ Metadata: { sha256: 'sha256:1' } });
    expect(sent[2]?.input).toMatchObject({
      UploadId: 'u',
      IfNoneMatch: '*',
      MultipartUpload: { Parts: [{ ETag: 'e', PartNumber: 1 }] },
    });
  });

  test('says when there is an object already', async () => {
    const { s3, sent } = storage({ CompleteMultipartUpload: failure(412) });
    const upload = await s3.begin(location, 'sha256:1');
    expect(await upload.complete()).toBe(false);
    await upload.abort();
    expect(sent.at(-1)?.name).toBe('AbortMultipartUpload');
  });

  test('other failures are passed on', async () => {
    const upload = await storage({ CompleteMultipartUpload: new Error('network') }).s3.begin(location, 'sha256:1');
    await expect(upload.complete()).rejects.toThrow('network');
  });

  test('knows no other bucket', async () => {
    await expect(storage({}).s3.digest({ bucket: 'other', key: 'a' })).rejects.toThrow('is the bucket other');
  });
});
