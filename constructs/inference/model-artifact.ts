import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** The bytes that a model server loads, addressed by digest. */
export interface ModelArtifact {
  /** Bucket that holds the artefact. Its objects must be immutable: write once, never overwrite. */
  readonly bucket: IBucket;

  /**
   * Object key: of the archive itself (`models/iris/1.0.0/model.tar.gz`), or for servers that stream weights from S3 of the
   * manifest that lists them (`models/llama/1.0.0/manifest.json`).
   */
  readonly key: string;

  /** Digest of the object at `key`: `sha256:` and 64 lower-case hex digits. */
  readonly digest: string;

  /**
   * Key that encrypts the object.
   *
   * @default - the key of `bucket`, if it has one
   */
  readonly encryptionKey?: IKey;
}
