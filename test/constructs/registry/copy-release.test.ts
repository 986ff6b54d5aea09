import { copyRelease } from '../../../constructs/registry/artifact-replication/copy-release';
import { digestOf, MemoryStorage } from './memory-storage';

const FOLDER = 'models/llama/1.0.0';
const hex = (content: string) => digestOf(content).replace('sha256:', '');

/** Weights in two files, and the manifest that lists them. */
function weights(changes: Record<string, unknown> = {}) {
  const memory = new MemoryStorage();
  memory.objects.set(`source/${FOLDER}/a.safetensors`, 'aaa');
  memory.objects.set(`source/${FOLDER}/sub/b.json`, 'bbb');
  const files = [
    { path: 'a.safetensors', sha256: hex('aaa') },
    { path: 'sub/b.json', sha256: hex('bbb') },
  ];
  const manifest = JSON.stringify({ schemaVersion: 1, files, ...changes });
  memory.objects.set(`source/${FOLDER}/manifest.json`, manifest);
  const at = (bucket: string) => ({ bucket, key: `${FOLDER}/manifest.json` });
  return { memory, copy: { source: at('source'), target: at('target'), digest: digestOf(manifest) } };
}

const targets = (memory: MemoryStorage) => [...memory.objects.keys()].filter((key) => key.startsWith('target/'));

describe('copyRelease', () => {
  test('copies an archive alone', async () => {
    const memory = new MemoryStorage();
    const key = 'models/iris/1.0.0/model.tar.gz';
    memory.objects.set(`source/${key}`, 'abc');
    const copy = { source: { bucket: 'source', key }, target: { bucket: 'target', key }, digest: digestOf('abc') };
    expect(await copyRelease(memory, copy)).toEqual({ copied: 1, present: 0 });
  });

  test('copies what a manifest lists, and the manifest last', async () => {
    const { memory, copy } = weights();
    expect(await copyRelease(memory, copy)).toEqual({ copied: 3, present: 0 });
    expect(targets(memory)).toEqual([
      `target/${FOLDER}/a.safetensors`,
      `target/${FOLDER}/sub/b.json`,
      `target/${FOLDER}/manifest.json`,
    ]);
  });

  test('goes on where a run was cut off', async () => {
    const { memory, copy } = weights();
    memory.objects.set(`target/${FOLDER}/a.safetensors`, 'aaa');
    expect(await copyRelease(memory, copy)).toEqual({ copied: 2, present: 1 });
  });

  test('a file that was changed stops it before the manifest', async () => {
    const { memory, copy } = weights();
    memory.objects.set(`source/${FOLDER}/sub/b.json`, 'changed');
    await expect(copyRelease(memory, copy)).rejects.toThrow('as registered');
    expect(targets(memory)).toEqual([`target/${FOLDER}/a.safetensors`]);
  });

  test('a manifest with another digest copies nothing', async () => {
    const { memory, copy } = weights();
    await expect(copyRelease(memory, { ...copy, digest: digestOf('x') })).rejects.toThrow(
      'the manifest has the digest',
    );
    expect(targets(memory)).toEqual([]);
  });

  test.each([
    ['leaves the folder', { files: [{ path: '../other/a', sha256: hex('a') }] }],
    ['is absolute', { files: [{ path: '/a', sha256: hex('a') }] }],
    ['lists itself', { files: [{ path: 'manifest.json', sha256: hex('a') }] }],
    ['lists nothing', { files: [] }],
    ['has another version', { schemaVersion: 2 }],
    ['has no digests', { files: [{ path: 'a' }] }],
  ])('a manifest that %s is refused', async (_, changes) => {
    const { memory, copy } = weights(changes);
    await expect(copyRelease(memory, copy)).rejects.toThrow('the manifest is none');
    expect(targets(memory)).toEqual([]);
  });

  test('a manifest that is no JSON, or too large, is refused', async () => {
    const { memory, copy } = weights();
    const key = `source/${FOLDER}/manifest.json`;
    memory.objects.set(key, '{');
    await expect(copyRelease(memory, { ...copy, digest: digestOf('{') })).rejects.toThrow('the manifest is none');
    memory.objects.set(key, ' '.repeat(1024 * 1024 + 1));
    await expect(copyRelease(memory, copy)).rejects.toThrow('more than 1048576 bytes');
  });
});
