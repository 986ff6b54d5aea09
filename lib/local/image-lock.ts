import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Layout } from './layout';

/** Images of the sample and the source trees that stand-in processes run instead of them. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'iris-training': ['examples/iris'],
  'iris-evaluation': ['examples/iris'],
  predictor: ['constructs/inference/predictor'],
};

/**
 * Writes an image lock whose digests are those of source trees, and answers its path.
 *
 * No image is built here: what the digest names is the code that a process of this machine runs in the image's place.
 */
export function writeImageLock(layout: Layout): string {
  const images = Object.fromEntries(
    Object.entries(SOURCES).map(([image, folders]) => [image, treeDigest(folders.map((one) => layout.source(one)))]),
  );
  const file = layout.at('images.lock.yaml');
  writeFileSync(file, `# Digests of source trees, not of images: no image was built.\n${stringify({ images })}`);
  return file;
}

/** Digest of every file below `folders`, by path and content; build leftovers of Python do not count. */
export function treeDigest(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/__pycache__|\.pytest_cache/.test(entry.parentPath))
      .map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.toSorted()) {
      hash
        .update(`${path.relative(folder, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
  }
  return `sha256:${hash.digest('hex')}`;
}
