import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { grantWithWildcards } from '../core/permission-ledger';

/** IAM permissions on the objects of a store. */
export class StoreGrants {
  /** Builds the grants of the objects of `bucket`, with `prefix` as default. */
  public static of(bucket: IBucket, prefix: string): StoreGrants {
    return new StoreGrants(bucket, prefix);
  }

  readonly #bucket: IBucket;
  readonly #prefix: string;

  private constructor(bucket: IBucket, prefix: string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /**
   * Lets `grantee` read and list the objects below `prefix`.
   *
   * Actions: `s3:GetObject`, `s3:GetObjectVersion`, `s3:GetObjectAttributes` on the objects, `s3:ListBucket` on that prefix
   * of the bucket, `kms:Decrypt` on its key.
   *
   * @param prefix part of the store, ending in a slash; the store's own by default
   */
  public read(grantee: IGrantable, prefix = this.#prefix): Grant {
    const list = Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.#bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [prefix, `${prefix}*`] } },
    });
    const read = ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectAttributes'];
    return this.objects(grantee, prefix, read, ['kms:Decrypt']).combine(list);
  }

  /**
   * Lets `grantee` add objects below `prefix`; the bucket policy keeps it from replacing one.
   *
   * Actions: `s3:PutObject`, `s3:AbortMultipartUpload` on the objects, `kms:GenerateDataKey` and `kms:Decrypt` (for parts) on
   * its key.
   *
   * @param prefix part of the store, ending in a slash; the store's own by default
   */
  public add(grantee: IGrantable, prefix = this.#prefix): Grant {
    const add = ['s3:PutObject', 's3:AbortMultipartUpload'];
    return this.objects(grantee, prefix, add, ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  private objects(grantee: IGrantable, prefix: string, actions: string[], keyActions: string[]): Grant {
    const resourceArns = [this.#bucket.arnForObjects(`${prefix}*`)];
    const reason = `the names of the objects below ${prefix} are not known before`;
    const grant = grantWithWildcards({ grantee, actions, resourceArns }, reason);
    const key = this.#bucket.encryptionKey;
    return key ? grant.combine(key.grant(grantee, ...keyActions)) : grant;
  }
}
