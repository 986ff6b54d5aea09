import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { PlatformBucket, type PlatformBucketProps } from '../../../constructs';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1';

function make(props: Partial<PlatformBucketProps> = {}): Stack {
  const stack = new Stack(undefined, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  new PlatformBucket(stack, 'Data', { encryptionKey: Key.fromKeyArn(stack, 'Key', KEY), ...props });
  return stack;
}

/** Policy of the only bucket, as S3 gets it. */
function policyOf(stack: Stack): PolicyJson {
  const template = Template.fromStack(stack);
  const [id] = Object.keys(template.findResources('AWS::S3::Bucket'));
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  return resolved(policy?.['Properties'].PolicyDocument, { [`${id}.Arn`]: 'arn:aws:s3:::data' }) as PolicyJson;
}

const put = (context: Record<string, string>, secure = 'true') =>
  simulate({
    principal: 'arn:aws:iam::123456789012:role/writer',
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::data/a',
    context: { 's3:TlsVersion': '1.3', 'aws:SecureTransport': secure, ...context },
    identity: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }],
    resourcePolicy: policyOf(make()),
  });

describe('PlatformBucket', () => {
  test('is encrypted with a customer key, versioned, private, and outlives its stack', () => {
    Template.fromStack(make()).hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: { KMSMasterKeyID: KEY, SSEAlgorithm: 'aws:kms' },
            },
          ],
        },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: { Rules: [Match.objectLike({ Id: 'AbortUploads' })] },
        ObjectLockEnabled: Match.absent(),
        LoggingConfiguration: Match.absent(),
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test('writes access logs below its own prefix', () => {
    const stack = new Stack();
    const accessLogs = Bucket.fromBucketName(stack, 'Logs', 'logs');
    const encryptionKey = Key.fromKeyArn(stack, 'Key', KEY);
    new PlatformBucket(stack, 'Data', { encryptionKey, accessLogs, bucketName: 'data' });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'data',
      LoggingConfiguration: { DestinationBucketName: 'logs', LogFilePrefix: 's3/data/' },
    });
  });

  test('locks objects when asked', () => {
    const stack = make({ objectLock: ObjectLockRetention.governance(Duration.days(30)) });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } },
    });
  });

  test('sends events and adds lifecycle rules when asked', () => {
    const stack = make({ eventBridge: true, lifecycleRules: [{ id: 'Mine', expiration: Duration.days(1) }] });
    const template = Template.fromStack(stack);
    template.resourceCountIs('Custom::S3BucketNotifications', 1);
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.anyValue(), Match.objectLike({ Id: 'Mine', ExpirationInDays: 1 })] },
    });
  });

  test.each([
    ['an upload that names no encryption', {}, 'Allowed'],
    [
      'one that names the key of the bucket',
      { 's3:x-amz-server-side-encryption': 'aws:kms', 's3:x-amz-server-side-encryption-aws-kms-key-id': KEY },
      'Allowed',
    ],
    ["one that asks for S3's own key", { 's3:x-amz-server-side-encryption': 'AES256' }, 'ExplicitlyDenied'],
    ['one that names another key', { 's3:x-amz-server-side-encryption-aws-kms-key-id': `${KEY}2` }, 'ExplicitlyDenied'],
    ['one over an old TLS', { 's3:TlsVersion': '1.1' }, 'ExplicitlyDenied'],
  ])('%s', async (_, context, verdict) => {
    expect(await put(context)).toBe(verdict);
  });

  test('one without TLS is refused', async () => {
    expect(await put({}, 'false')).toBe('ExplicitlyDenied');
  });
});
