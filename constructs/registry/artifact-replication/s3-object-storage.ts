import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ObjectLocation, ObjectStorage, ObjectUpload } from './object-storage';

const DIGEST_METADATA = 'sha256';

/** An object in S3, with who must own its bucket. */
interface OwnedObject {
  readonly Bucket: string;
  readonly Key: string;
  readonly ExpectedBucketOwner: string;
}

/** The two ends of a replication: each bucket in its own region, owned by its own account. */
export interface S3End {
  readonly client: S3Client;
  readonly bucket: string;
  /** Account that must own the bucket, so that a bucket of the same name elsewhere is never used. */
  readonly account: string;
}

/** Object storage over S3. */
export class S3ObjectStorage implements ObjectStorage {
  readonly #ends: ReadonlyMap<string, S3End>;

  constructor(...ends: readonly S3End[]) {
    this.#ends = new Map(ends.map((end) => [end.bucket, end]));
  }

  /** The digest noted beside the object, or else the one of its content. */
  public async digest(location: ObjectLocation): Promise<string | undefined> {
    const { client, object } = this.locate(location);
    try {
      const { Metadata } = await client.send(new HeadObjectCommand(object));
      return Metadata?.[DIGEST_METADATA] ?? (await this.hash(location));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  public async *read(location: ObjectLocation): AsyncIterable<Uint8Array> {
    const { client, object } = this.locate(location);
    const { Body } = await client.send(new GetObjectCommand(object));
    if (Body) yield* Body as AsyncIterable<Uint8Array>;
  }

  public async begin(location: ObjectLocation, digest: string): Promise<ObjectUpload> {
    const { client, object } = this.locate(location);
    const metadata = { Metadata: { [DIGEST_METADATA]: digest } };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...object, ...metadata }));
    return new S3Upload(client, { ...object, UploadId });
  }

  private async hash(location: ObjectLocation): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of this.read(location)) hash.update(chunk);
    return `sha256:${hash.digest('hex')}`;
  }

  private locate({ bucket, key }: ObjectLocation): { client: S3Client; object: OwnedObject } {
    const end = this.#ends.get(bucket);
    if (!end) throw new Error(`no end of this replication is the bucket ${bucket}`);
    return { client: end.client, object: { Bucket: bucket, Key: key, ExpectedBucketOwner: end.account } };
  }
}

class S3Upload implements ObjectUpload {
  readonly #client: S3Client;
  readonly #upload: OwnedObject & { readonly UploadId: string | undefined };
  readonly #parts: CompletedPart[] = [];

  constructor(client: S3Client, upload: OwnedObject & { readonly UploadId: string | undefined }) {
    this.#client = client;
    this.#upload = upload;
  }

  public async part(content: Uint8Array): Promise<void> {
    const PartNumber = this.#parts.length + 1;
    const { ETag } = await this.#client.send(new UploadPartCommand({ ...this.#upload, PartNumber, Body: content }));
    this.#parts.push({ ETag, PartNumber });
  }

  public async complete(): Promise<boolean> {
    const MultipartUpload = { Parts: this.#parts };
    try {
      await this.#client.send(
        new CompleteMultipartUploadCommand({ ...this.#upload, MultipartUpload, IfNoneMatch: '*' }),
      );
      return true;
    } catch (error) {
      if (statusOf(error) === 412) return false;
      throw error;
    }
  }

  public async abort(): Promise<void> {
    await this.#client.send(new AbortMultipartUploadCommand(this.#upload));
  }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode;
}
