import { copyArtifact } from '../../../constructs/registry/artifact-replication/copy-artifact';
import { digestOf, MemoryStorage } from './memory-storage';

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
