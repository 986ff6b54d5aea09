import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { grantWithWildcards } from '../core/permission-ledger';
import type { ModelArtifact } from './model-artifact';

/** IAM permissions that others can hold on what an `InferenceService` serves. */
export class InferenceServiceGrants {
  readonly #artifact: ModelArtifact;
  readonly #readsFolder: boolean;

  /**
   * @param artifact what is served
   * @param readsFolder whether the artefact is everything in the folder of its key
   */
  constructor(artifact: ModelArtifact, readsFolder: boolean) {
    this.#artifact = artifact;
    this.#readsFolder = readsFolder;
  }

  /**
   * Lets `grantee` read the artefact that is served, and no other object.
   *
   * Actions: `s3:GetObject` on the one object, or on the folder of the manifest with `s3:ListBucket` on this prefix; `kms:Decrypt`
   * with its key, by way of S3 alone.
   */
  public readArtifact(grantee: IGrantable): Grant {
    const { bucket, key } = this.#artifact;
    const object = this.#readsFolder ? `${folderOf(key)}/*` : key;
    let grant = grantWithWildcards(
      { grantee, actions: ['s3:GetObject'], resourceArns: [bucket.arnForObjects(object)] },
      'the weights of a model are several files in one folder',
    );
    if (this.#readsFolder) grant = grant.combine(this.listFolder(grantee));
    const encryptionKey = this.#artifact.encryptionKey ?? bucket.encryptionKey;
    if (!encryptionKey) return grant;
    return grant.combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['kms:Decrypt'],
        resourceArns: [encryptionKey.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(bucket).region}.amazonaws.com` } },
      }),
    );
  }

  private listFolder(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.#artifact.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [folderOf(this.#artifact.key), `${folderOf(this.#artifact.key)}/*`] } },
    });
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
