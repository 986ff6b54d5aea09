import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** IAM permissions that others can hold on an `EmbeddingIndex`. */
export class EmbeddingIndexGrants {
  readonly #indexArn: string;
  readonly #encryptionKey: IKey;

  /** Builds the grants of the index of this ARN. */
  constructor(indexArn: string, encryptionKey: IKey) {
    this.#indexArn = indexArn;
    this.#encryptionKey = encryptionKey;
  }

  /**
   * Lets `grantee` find the nearest vectors, with their metadata.
   *
   * Actions: `s3vectors:QueryVectors` and `s3vectors:GetVectors` on this index, `kms:Decrypt` on its key.
   */
  public query(grantee: IGrantable): Grant {
    return this.grant(grantee, ['s3vectors:QueryVectors', 's3vectors:GetVectors'], ['kms:Decrypt']);
  }

  /**
   * Lets `grantee` add and replace vectors.
   *
   * Actions: `s3vectors:PutVectors` on this index, `kms:GenerateDataKey` and `kms:Decrypt` on its key.
   */
  public put(grantee: IGrantable): Grant {
    return this.grant(grantee, ['s3vectors:PutVectors'], ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  private grant(grantee: IGrantable, actions: string[], keyActions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#indexArn] }).combine(
      Grant.addToPrincipal({ grantee, actions: keyActions, resourceArns: [this.#encryptionKey.keyArn] }),
    );
  }
}
