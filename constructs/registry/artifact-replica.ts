import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { matches, requireNone } from '../core/validate';
import { ImmutableStore, type ImmutableStoreProps } from './immutable-store';
import { MODEL_PREFIX } from './object-keys';

/** A role, perhaps of another account, that is named and not referred to: it need not exist yet. */
export interface ReplicaWriter {
  /** Account of the role. */
  readonly account: string;
  /** Name of the role. */
  readonly roleName: string;
}

/** Properties for `ArtifactReplica`. */
export interface ArtifactReplicaProps extends ImmutableStoreProps {
  /** Key that encrypts every object. Its policy lets `writer` use it: a key cannot be granted by name. */
  readonly encryptionKey: Key;
  /** The only one who writes, see `ArtifactReplication`. */
  readonly writer: ReplicaWriter;
}

/**
 * The model artefacts of one cell, copied there by `ArtifactReplication`: serving never asks the control plane.
 *
 * The same layout and the same protection as `ArtifactStore`. Costs storage and requests.
 */
export class ArtifactReplica extends ImmutableStore {
  /** @throws PlatformError `InvalidFormat` */
  constructor(scope: Construct, id: string, props: ArtifactReplicaProps) {
    const { writer, encryptionKey } = props;
    requireNone(scope, matches('writer.account', writer.account, /^\d{12}$/, 'an account id of 12 digits'));
    super(scope, id, props, { prefix: MODEL_PREFIX });

    const objects = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'];
    this.bucket.addToResourcePolicy(
      statement('WriteReplica', writer, objects, this.bucket.arnForObjects(`${MODEL_PREFIX}*`)),
    );
    this.bucket.addToResourcePolicy(statement('ListReplica', writer, ['s3:ListBucket'], this.bucket.bucketArn));
    encryptionKey.addToResourcePolicy(statement('UseForReplica', writer, ['kms:Decrypt', 'kms:GenerateDataKey'], '*'));
  }
}

function statement(sid: string, writer: ReplicaWriter, actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({
    sid,
    principals: [new AccountPrincipal(writer.account)],
    actions,
    resources: [resource],
    conditions: { ArnLike: { 'aws:PrincipalArn': `arn:*:iam::${writer.account}:role/${writer.roleName}` } },
  });
}
