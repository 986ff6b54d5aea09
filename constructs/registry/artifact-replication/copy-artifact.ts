import { createHash } from 'node:crypto';
import type { ObjectLocation, ObjectStorage, ObjectUpload } from './object-storage';

/** Bytes of a part: 10,000 parts at most make 160 GB, more than one run of the function can move. */
const PART_BYTES = 16 * 1024 * 1024;

/** What to copy, and what it must be. */
export interface ArtifactCopy {
  /** Object to read. */
  readonly source: ObjectLocation;
  /** Object to write. */
  readonly target: ObjectLocation;
  /** `sha256:` digest that the content must have. */
  readonly digest: string;
}

/** An artefact was not copied, and trying again does not help. */
export class ArtifactRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArtifactRefused';
  }
}

/**
 * Copies one artefact by reading and writing it, so that its digest is checked on the way.
 *
 * The target appears only when the whole content has the right digest, and never replaces another object. Doing it twice is
 * harmless.
 *
 * @returns whether it was copied now or already there
 * @throws ArtifactRefused when the content has another digest, or the target holds something else
 */
export async function copyArtifact(
  storage: ObjectStorage,
  copy: ArtifactCopy,
  partBytes = PART_BYTES,
): Promise<'copied' | 'present'> {
  if (await isPresent(storage, copy)) return 'present';
  const upload = await storage.begin(copy.target, copy.digest);
  try {
    const found = await send(storage.read(copy.source), upload, partBytes);
    if (found !== copy.digest) {
      throw new ArtifactRefused(`${name(copy.source)} has the digest ${found}, not ${copy.digest} as registered`);
    }
    if (await upload.complete()) return 'copied';
  } catch (error) {
    await upload.abort();
    throw error;
  }
  await upload.abort();
  if (await isPresent(storage, copy)) return 'present';
  throw new Error(`${name(copy.target)} came and went while it was written`);
}

async function isPresent(storage: ObjectStorage, { target, digest }: ArtifactCopy): Promise<boolean> {
  const found = await storage.digest(target);
  if (found === undefined) return false;
  if (found === digest) return true;
  throw new ArtifactRefused(`${name(target)} already holds ${found}; a version is written once, so register a new one`);
}

async function send(content: AsyncIterable<Uint8Array>, upload: ObjectUpload, partBytes: number): Promise<string> {
  const hash = createHash('sha256');
  let parts = 0;
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    pending.push(chunk);
    size += chunk.byteLength;
    if (size < partBytes) continue;
    await upload.part(Buffer.concat(pending));
    parts += 1;
    pending = [];
    size = 0;
  }
  if (size > 0 || parts === 0) await upload.part(Buffer.concat(pending));
  return `sha256:${hash.digest('hex')}`;
}

function name({ bucket, key }: ObjectLocation): string {
  return `s3://${bucket}/${key}`;
}
