import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { toBase64 } from './digest';
import { parseS3Uri, type S3Location, s3Uri } from './s3-uri';

/** Largest artefact that one upload can carry. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
export const MAX_ARTIFACT_BYTES = 5 * 1024 ** 3;

/** What the handlers do with objects. */
export interface ObjectStore {
  /** The bytes of a small document. Throws when it is missing or larger than `maxBytes`. */
  read(uri: string, maxBytes?: number): Promise<Uint8Array>;
  /** Digest of the bytes as they lie there. */
  digest(uri: string): Promise<string>;
  /** Writes a document unless its key is taken; S3 refuses bytes that do not have `digest`. */
  addOnce(to: S3Location, body: Uint8Array, digest: string): Promise<'added' | 'taken'>;
  /** Copies an object unless the key is taken; S3 refuses bytes that do not have `digest`. */
  copyOnce(from: string, to: S3Location, digest: string): Promise<'added' | 'taken'>;
}

/** The object store of AWS. */
export class S3ObjectStore implements ObjectStore {
  readonly #s3: Pick<S3Client, 'send'>;

  constructor(s3: Pick<S3Client, 'send'>) {
    this.#s3 = s3;
  }

  public async read(uri: string, maxBytes = 4 * 1024 ** 2): Promise<Uint8Array> {
    const object = await this.#get(uri);
    if ((object.size ?? 0) > maxBytes) throw new Error(`${uri} has ${object.size} bytes, at most ${maxBytes} are read`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.body) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  }

  public async digest(uri: string): Promise<string> {
    const object = await this.#get(uri);
    const hash = createHash('sha256');
    for await (const chunk of object.body) hash.update(chunk as Uint8Array);
    return `sha256:${hash.digest('hex')}`;
  }

  public async addOnce(to: S3Location, body: Uint8Array, digest: string): Promise<'added' | 'taken'> {
    return this.#put(to, body, body.byteLength, digest);
  }

  public async copyOnce(from: string, to: S3Location, digest: string): Promise<'added' | 'taken'> {
    const { body, size } = await this.#get(from);
    if (size === undefined || size > MAX_ARTIFACT_BYTES) {
      body.destroy();
      throw new Error(
        `${from} has ${size ?? 'an unknown number of'} bytes, at most ${MAX_ARTIFACT_BYTES} can be registered`,
      );
    }
    return this.#put(to, body, size, digest);
  }

  async #get(uri: string): Promise<{ body: Readable; size: number | undefined }> {
    const { bucket, key } = parseS3Uri(uri);
    const { Body, ContentLength } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!Body) throw new Error(`${uri} has no content`);
    return { body: Body as Readable, size: ContentLength };
  }

  async #put(to: S3Location, body: Readable | Uint8Array, size: number, digest: string): Promise<'added' | 'taken'> {
    const command = new PutObjectCommand({
      Bucket: to.bucket,
      Key: to.key,
      Body: body,
      ContentLength: size,
      ChecksumSHA256: toBase64(digest),
      IfNoneMatch: '*',
    });
    try {
      await this.#s3.send(command);
      return 'added';
    } catch (error) {
      // 412: the key is taken. 409: another upload to it is in progress; the caller's retry finds out which.
      if (error instanceof Error && error.name === 'PreconditionFailed') return 'taken';
      throw new Error(`${s3Uri(to)} was not written: ${String(error)}`, { cause: error });
    }
  }
}
