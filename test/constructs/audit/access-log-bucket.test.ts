import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccessLogBucket, type AccessLogBucketProps } from '../../../constructs';
import { codes } from '../../helpers/codes';

const ACCOUNT = '123456789012';

function make(props: AccessLogBucketProps = {}): Template {
  const stack = new Stack(undefined, 'Test', { env: { account: ACCOUNT, region: 'eu-west-1' } });
  new AccessLogBucket(stack, 'Logs', props);
  return Template.fromStack(stack);
}

function statement(template: Template, sid: string): Record<string, unknown> {
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  return policy?.['Properties'].PolicyDocument.Statement.find((one: { Sid?: string }) => one.Sid === sid);
}

describe('AccessLogBucket', () => {
  test("uses S3's own keys and no Object Lock: the services allow nothing else", () => {
    make().hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        ObjectLockEnabled: Match.absent(),
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 365 })] },
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test('S3 delivers access logs of buckets of this account', () => {
    expect(statement(make(), 'S3ServerAccessLogs')).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Action: 's3:PutObject',
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': expect.anything() } },
    });
  });

  test('load balancers of this account and region deliver their logs', () => {
    const found = statement(make(), 'LoadBalancerLogs');
    expect(found).toMatchObject({
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: 's3:PutObject',
    });
    expect(JSON.stringify(found['Condition'])).toContain(`elasticloadbalancing:eu-west-1:${ACCOUNT}:loadbalancer/*`);
    expect(JSON.stringify(found['Resource'])).toContain(`*AWSLogs/${ACCOUNT}/*`);
  });

  test('vended log delivery writes flow logs and checks the owner first', () => {
    const template = make();
    expect(statement(template, 'VendedLogs')).toMatchObject({
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: 's3:PutObject',
      Condition: {
        StringEquals: { 'aws:SourceAccount': ACCOUNT, 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    });
    expect(statement(template, 'VendedLogsAclCheck')).toMatchObject({
      Action: ['s3:GetBucketAcl', 's3:ListBucket'],
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    });
  });

  test('nobody deletes but the lifecycle', () => {
    expect(statement(make(), 'DenyDelete')).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
  });

  test('name and age are given through', () => {
    make({ bucketName: 'acme-logs', expireAfter: Duration.days(30) }).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-logs',
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
  });

  test.each([
    [0, ['DurationOutOfRange']],
    [1, []],
    [3650, []],
    [3651, ['DurationOutOfRange']],
  ])('keeps logs for %d days: %j', (days, expected) => {
    expect(codes(() => make({ expireAfter: Duration.days(days) }))).toEqual(expected);
  });
});
