import { createHash } from 'node:crypto';
import { copyArtifact } from '../../../constructs/registry/artifact-replication/copy-artifact';
import type {
  ObjectLocation,
  ObjectStorage,
  ObjectUpload,
} from '../../../constructs/registry/artifact-replication/object-storage';

const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Object storage in memory that counts uploads, and in which another writer can be first. */
class MemoryStorage implements ObjectStorage {
  public readonly objects = new Map<string, string>();
  public readonly parts: string[] = [];
  public aborted = 0;
  public beforeComplete: () => void = () => {};

  public async digest({ bucket, key }: ObjectLocation): Promise<string | undefined> {
    const content = this.objects.get(`${bucket}/${key}`);
    return content === undefined ? undefined : digestOf(content);
  }

  public async *read({ bucket, key }: ObjectLocation): AsyncIterable<Uint8Array> {
    const content = this.objects.get(`${bucket}/${key}`);
    if (content === undefined) throw new Error('NoSuchKey');
    for (const letter of content) yield Buffer.from(letter);
  }

  public async begin({ bucket, key }: ObjectLocation): Promise<ObjectUpload> {
    return {
      part: async (content) => {
        this.parts.push(Buffer.from(content).toString());
      },
      complete: async () => {
        this.beforeComplete();
        if (this.objects.has(`${bucket}/${key}`)) return false;
        this.objects.set(`${bucket}/${key}`, this.parts.join(''));
        return true;
      },
      abort: async () => {
        this.aborted += 1;
      },
    };
  }
}

const source = { bucket: 'source', key: 'models/a' };
const target = { bucket: 'target', key: 'models/a' };

function storage(content: string): MemoryStorage {
  const memory = new MemoryStorage();
  memory.objects.set('source/models/a', content);
  return memory;
}

/** A copy during which somebody else writes `content` to the target. */
function overtaken(content: string) {
  const memory = storage('abc');
  memory.beforeComplete = () => memory.objects.set('target/models/a', content);
  return { memory, outcome: copyArtifact(memory, { source, target, digest: digestOf('abc') }) };
}

describe('copyArtifact', () => {
  test('copies in parts', async () => {
    const memory = storage('abcdefg');
    expect(await copyArtifact(memory, { source, target, digest: digestOf('abcdefg') }, 3)).toBe('copied');
    expect(memory.parts).toEqual(['abc', 'def', 'g']);
    expect(memory.objects.get('target/models/a')).toBe('abcdefg');
    expect(memory.aborted).toBe(0);
  });

  test('copies an empty object as one empty part', async () => {
    const memory = storage('');
    expect(await copyArtifact(memory, { source, target, digest: digestOf('') })).toBe('copied');
    expect(memory.parts).toEqual(['']);
  });

  test('twice is harmless', async () => {
    const memory = storage('abc');
    const copy = { source, target, digest: digestOf('abc') };
    await copyArtifact(memory, copy);
    expect(await copyArtifact(memory, copy)).toBe('present');
    expect(memory.parts).toEqual(['abc']);
  });

  test('content with another digest never appears', async () => {
    const memory = storage('abc');
    const copy = copyArtifact(memory, { source, target, digest: digestOf('other') });
    await expect(copy).rejects.toThrow(/s3:\/\/source\/models\/a has the digest .*, not .* as registered/);
    expect(memory.objects.has('target/models/a')).toBe(false);
    expect(memory.aborted).toBe(1);
  });

  test('an object that is there and different is not replaced', async () => {
    const memory = storage('abc');
    memory.objects.set('target/models/a', 'old');
    await expect(copyArtifact(memory, { source, target, digest: digestOf('abc') })).rejects.toThrow('already holds');
    expect(memory.objects.get('target/models/a')).toBe('old');
    expect(memory.parts).toEqual([]);
  });

  test('somebody else was faster with the same content', async () => {
    const { memory, outcome } = overtaken('abc');
    expect(await outcome).toBe('present');
    expect(memory.aborted).toBe(1);
  });

  test('somebody else was faster with other content', async () => {
    const { memory, outcome } = overtaken('other');
    await expect(outcome).rejects.toThrow('already holds');
    expect(memory.objects.get('target/models/a')).toBe('other');
  });

  test('a source that is not there fails and leaves nothing', async () => {
    const memory = new MemoryStorage();
    await expect(copyArtifact(memory, { source, target, digest: digestOf('') })).rejects.toThrow('NoSuchKey');
    expect(memory.aborted).toBe(1);
  });
});
