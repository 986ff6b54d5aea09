import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Refuses, for everybody, an upload below `prefix` that could replace an object. The parts of a multipart upload carry no
 * such header: its completion does.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export function denyOverwrite(bucket: IBucket, prefix: string): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'DenyOverwrite',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${prefix}*`)],
      conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    }),
  );
}

/**
 * Refuses, for everybody but `breakGlassRoles`, to delete an object or a version, or to get round its Object Lock. The
 * lifecycle of the bucket is not affected.
 *
 * @param breakGlassRoles ARNs of roles, with `*` for a part that is not known
 */
export function denyDelete(bucket: IBucket, breakGlassRoles: readonly string[] = []): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'DenyDelete',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'],
      resources: [bucket.arnForObjects('*')],
      conditions: breakGlassRoles.length > 0 ? { ArnNotLike: { 'aws:PrincipalArn': [...breakGlassRoles] } } : undefined,
    }),
  );
}
