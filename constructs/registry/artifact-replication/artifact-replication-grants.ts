import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { grantWithWildcards } from '../../core/permission-ledger';
import { MODEL_PREFIX } from '../object-keys';
import type { ReplicationEnd } from './artifact-replication';

const REASON = 'models get their names and versions later';
const KEY_REASON = 'a key has no name of its own; the condition on its alias names the one';

/**
 * Lets `grantee` read registered artefacts at `source` and add them at `target`, both by name.
 *
 * Actions: `s3:GetObject` below `models/` of the source; `s3:GetObject`, `s3:PutObject`, `s3:AbortMultipartUpload` below
 * `models/` of the target, `s3:ListBucket` on it (so that a missing object is told from a forbidden one); `kms:Decrypt` and
 * `kms:GenerateDataKey` on the keys with these aliases.
 */
export function grantReplication(
  grantee: IGrantable & IConstruct,
  source: ReplicationEnd,
  target: ReplicationEnd,
): void {
  const { partition } = Stack.of(grantee);
  const objects = ({ bucketName }: ReplicationEnd) => `arn:${partition}:s3:::${bucketName}/${MODEL_PREFIX}*`;
  const key = (end: ReplicationEnd, actions: string[]) =>
    grantWithWildcards(
      {
        grantee,
        actions,
        resourceArns: [`arn:${partition}:kms:${end.region}:${end.account}:key/*`],
        conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': end.keyAlias } },
      },
      KEY_REASON,
    );

  grantWithWildcards({ grantee, actions: ['s3:GetObject'], resourceArns: [objects(source)] }, REASON);
  const write = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'];
  grantWithWildcards({ grantee, actions: write, resourceArns: [objects(target)] }, REASON);
  const list = [`arn:${partition}:s3:::${target.bucketName}`];
  Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: list });
  key(source, ['kms:Decrypt']);
  key(target, ['kms:Decrypt', 'kms:GenerateDataKey']);
}
