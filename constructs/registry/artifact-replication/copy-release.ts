import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ArtifactCopy, ArtifactRefused, copyArtifact } from './copy-artifact';
import type { ObjectLocation, ObjectStorage } from './object-storage';

/** Bytes that a manifest may have. */
const MANIFEST_LIMIT = 1024 * 1024;

/** A manifest of weights, `manifest.json` in their folder. */
const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  files: z
    .array(
      z.object({
        path: z
          .string()
          .regex(/^[\w][\w.-]*(\/[\w][\w.-]*)*$/, 'a path below the folder of the manifest')
          .refine((path) => !path.endsWith('manifest.json'), 'not the manifest itself'),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(10_000),
});

/**
 * Copies what one registered version consists of: an archive, or the files that a manifest lists and then the manifest.
 *
 * The manifest comes last, so that a replica that has it has all of it. What is there already is not read again: a run that
 * was cut off goes on where it ended.
 *
 * @returns how many objects were copied now and how many were there already
 * @throws ArtifactRefused when a content has another digest, the manifest is none, or a target holds something else
 */
export async function copyRelease(
  storage: ObjectStorage,
  copy: ArtifactCopy,
): Promise<{ readonly copied: number; readonly present: number }> {
  const files = copy.source.key.endsWith('/manifest.json') ? await listed(storage, copy) : [];
  const result = { copied: 0, present: 0 };
  for (const one of [...files, copy]) result[await copyArtifact(storage, one)] += 1;
  return result;
}

async function listed(storage: ObjectStorage, { source, target, digest }: ArtifactCopy): Promise<ArtifactCopy[]> {
  const content = await readSmall(storage, source);
  const found = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (found !== digest) throw new ArtifactRefused(`the manifest has the digest ${found}, not ${digest} as registered`);
  const manifest = manifestSchema.safeParse(parseJson(content));
  if (!manifest.success) throw new ArtifactRefused(`the manifest is none: ${z.prettifyError(manifest.error)}`);
  return manifest.data.files.map(({ path, sha256 }) => ({
    source: beside(source, path),
    target: beside(target, path),
    digest: `sha256:${sha256}`,
  }));
}

function beside({ bucket, key }: ObjectLocation, path: string): ObjectLocation {
  return { bucket, key: key.replace(/[^/]+$/, path) };
}

async function readSmall(storage: ObjectStorage, location: ObjectLocation): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of storage.read(location)) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > MANIFEST_LIMIT) throw new ArtifactRefused(`the manifest has more than ${MANIFEST_LIMIT} bytes`);
  }
  return Buffer.concat(chunks);
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}
