import { mkdirSync, writeFileSync } from 'node:fs';
import { loadImageLock } from '../../../lib/config/locks';
import { treeDigest, writeImageLock } from '../../../lib/local/image-lock';
import { Layout } from '../../../lib/local/layout';
import { withFolder } from './helpers';

test('the lock names every image of the sample and can be loaded', async () => {
  await withFolder(async (folder) => {
    const { images } = loadImageLock(writeImageLock(new Layout(process.cwd(), folder)));
    expect(Object.keys(images).toSorted()).toEqual(['iris-evaluation', 'iris-training', 'predictor']);
  });
});

test('a digest follows names and contents of the source, and nothing else', async () => {
  await withFolder(async (folder) => {
    mkdirSync(`${folder}/a/__pycache__`, { recursive: true });
    writeFileSync(`${folder}/a/code.py`, 'one');
    const before = treeDigest([`${folder}/a`]);
    writeFileSync(`${folder}/a/__pycache__/code.pyc`, 'compiled');
    expect(treeDigest([`${folder}/a`])).toBe(before);
    writeFileSync(`${folder}/a/code.py`, 'two');
    expect(treeDigest([`${folder}/a`])).not.toBe(before);
  });
});
