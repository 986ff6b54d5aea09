import { Stack } from 'aws-cdk-lib';
import type { IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
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

/**
 * A queue as target of a rule, without the permission that CDK adds: for an encrypted queue that one has no condition, see
 * `allowRule`.
 */
export function queueTarget(queue: IQueue, deadLetters: IQueue): IRuleTarget {
  return { bind: () => ({ arn: queue.queueArn, deadLetterConfig: { arn: deadLetters.queueArn } }) };
}

/** Lets `rule`, and no other, send to `queues`. */
export function allowRule(rule: Rule, ...queues: readonly IQueue[]): void {
  for (const queue of queues) {
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'SendFromRule',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
      }),
    );
  }
}
