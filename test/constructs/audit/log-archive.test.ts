import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogArchive, type LogArchiveProps } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';

const TRAIL = 'arn:aws:cloudtrail:eu-west-1:123456789012:trail/acme';

function make(props: Partial<LogArchiveProps> = {}): Template {
  const stack = new Stack(undefined, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  new LogArchive(stack, 'Archive', { encryptionKey: new Key(stack, 'Key'), ...props }).allowTrail(TRAIL);
  return Template.fromStack(stack);
}

function policyOf(template: Template): PolicyJson {
  const [id] = Object.keys(template.findResources('AWS::S3::Bucket'));
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  return resolved(policy?.['Properties'].PolicyDocument, { [`${id}.Arn`]: 'arn:aws:s3:::archive' }) as PolicyJson;
}

describe('LogArchive', () => {
  test('locks logs for a year in governance mode, then deletes them', () => {
    make().hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } } },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({
            ExpirationInDays: 395,
            Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 90 }],
          }),
        ]),
      },
    });
  });

  test('compliance mode binds everybody', () => {
    make({ compliance: true, retention: Duration.days(30) }).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } } },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 60, Transitions: Match.absent() })]),
      },
    });
  });

  const log = 'arn:aws:s3:::archive/AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/25/a.json.gz';
  const administrator = { principal: 'arn:aws:iam::123456789012:role/admin', context: { 's3:TlsVersion': '1.3' } };

  test.each(['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'])(
    'an administrator is refused %s',
    async (action) => {
      const identity = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
      const call = { ...administrator, action, resource: log, identity, resourcePolicy: policyOf(make()) };
      expect(await simulate(call)).toBe('ExplicitlyDenied');
    },
  );

  test('one trail writes below the folder of this account', () => {
    const { Statement } = policyOf(make());
    expect(Statement).toContainEqual({
      Sid: 'TrailWrite',
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::archive/AWSLogs/123456789012/*',
      Condition: { StringEquals: { 'aws:SourceArn': TRAIL, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    });
    expect(Statement).toContainEqual({
      Sid: 'TrailAclCheck',
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:GetBucketAcl',
      Resource: 'arn:aws:s3:::archive',
      Condition: { StringEquals: { 'aws:SourceArn': TRAIL } },
    });
  });

  test('the refusal of other encryption leaves services out: digest files come with SSE-S3', () => {
    const refusals = policyOf(make()).Statement.filter((one) => JSON.stringify(one).includes('DenyOther'));
    expect(refusals).toHaveLength(2);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } } });
    }
  });

  test.each([
    [0, ['DurationOutOfRange']],
    [1, []],
    [3650, []],
    [3651, ['DurationOutOfRange']],
  ])('locks for %d days: %j', (days, expected) => {
    expect(codes(() => make({ retention: Duration.days(days) }))).toEqual(expected);
  });
});
