import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { grantWithWildcards } from '../core/permission-ledger';
import type { FeatureStore } from './feature-store';

/** What the grants of a feature group are made of. */
export interface FeatureGroupRef {
  /** Store of the group. */
  readonly store: FeatureStore;
  /** Name of the group. */
  readonly featureGroupName: string;
  /** ARN of the group. */
  readonly featureGroupArn: string;
  /** Name of its offline table. */
  readonly tableName: string;
}

/** IAM permissions that others can hold on a `FeatureGroup`. */
export class FeatureGroupGrants {
  readonly #group: FeatureGroupRef;

  /** Builds the grants of `group`. */
  constructor(group: FeatureGroupRef) {
    this.#group = group;
  }

  /**
   * Lets `grantee` read the latest records.
   *
   * Actions: `sagemaker:GetRecord` and `sagemaker:BatchGetRecord` on this group, `kms:Decrypt` by way of SageMaker.
   */
  public readOnline(grantee: IGrantable): Grant {
    return this.onGroup(grantee, ['sagemaker:GetRecord', 'sagemaker:BatchGetRecord']);
  }

  /**
   * Lets `grantee` write records.
   *
   * Actions: `sagemaker:PutRecord` on this group, `kms:Decrypt` by way of SageMaker.
   */
  public ingest(grantee: IGrantable): Grant {
    return this.onGroup(grantee, ['sagemaker:PutRecord']);
  }

  /**
   * Lets `grantee` read the offline table, for example from Athena or a training job.
   *
   * Actions: `s3:GetObject` below the prefix of this group and `s3:ListBucket` on it, `glue:GetTable` and `glue:GetDatabase` on
   * its table, `kms:Decrypt` by way of S3.
   */
  public readOffline(grantee: IGrantable): Grant {
    const { store, featureGroupName, tableName } = this.#group;
    const stack = Stack.of(store);
    const glue = (resource: string, resourceName?: string) =>
      stack.formatArn({ service: 'glue', resource, resourceName });
    return grantWithWildcards(
      {
        grantee,
        actions: ['s3:GetObject'],
        resourceArns: [store.bucket.arnForObjects(`${featureGroupName}/*`)],
      },
      'Feature Store names the files of an Iceberg table',
    )
      .combine(
        Grant.addToPrincipal({
          grantee,
          actions: ['s3:ListBucket'],
          resourceArns: [store.bucket.bucketArn],
          conditions: { StringLike: { 's3:prefix': `${featureGroupName}/*` } },
        }),
      )
      .combine(
        Grant.addToPrincipal({
          grantee,
          actions: ['glue:GetTable', 'glue:GetDatabase'],
          resourceArns: [
            glue('catalog'),
            glue('database', store.databaseName),
            glue('table', `${store.databaseName}/${tableName}`),
          ],
        }),
      )
      .combine(this.decrypt(grantee, 's3'));
  }

  private onGroup(grantee: IGrantable, actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#group.featureGroupArn] }).combine(
      this.decrypt(grantee, 'sagemaker'),
    );
  }

  private decrypt(grantee: IGrantable, service: string): Grant {
    const { store } = this.#group;
    return Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [store.encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(store).region}.amazonaws.com` } },
    });
  }
}
