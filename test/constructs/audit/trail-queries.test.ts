import { Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { TrailQueries, type TrailQueriesProps } from '../../../constructs';
import { codes } from '../../helpers/codes';

function make(changes: Partial<TrailQueriesProps> = {}) {
  const stack = new Stack(undefined, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  const queries = new TrailQueries(stack, 'Queries', {
    archive: Bucket.fromBucketName(stack, 'Archive', 'acme-log-archive'),
    encryptionKey: new Key(stack, 'Key'),
    workGroupName: 'acme-audit',
    regions: ['eu-west-1', 'us-east-1'],
    ...changes,
  });
  return { stack, queries };
}

describe('TrailQueries', () => {
  test('nobody redirects results or reads more than 20 GiB in one query', () => {
    Template.fromStack(make().stack).hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'acme-audit',
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 20 * 1024 ** 3,
        ResultConfiguration: {
          EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: Match.anyValue() },
          ExpectedBucketOwner: '123456789012',
        },
      },
    });
  });

  test('the table finds its partitions by region and day', () => {
    Template.fromStack(make().stack).hasResourceProperties('AWS::Glue::Table', {
      DatabaseName: 'acme_audit',
      TableInput: {
        Name: 'calls',
        PartitionKeys: [{ Name: 'region' }, { Name: 'day' }],
        Parameters: {
          'projection.enabled': 'true',
          'projection.region.values': 'eu-west-1,us-east-1',
          'storage.location.template': 's3://acme-log-archive/AWSLogs/123456789012/CloudTrail/${region}/${day}',
        },
      },
    });
  });

  test('results are encrypted and deleted after 30 days', () => {
    Template.fromStack(make({ resultBucketName: 'acme-results' }).stack).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-results',
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 30 })]) },
    });
  });

  test('another limit', () => {
    Template.fromStack(make({ scanLimit: Size.gibibytes(1) }).stack).hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: { BytesScannedCutoffPerQuery: 1024 ** 3 },
    });
  });

  test('grants.query stays in this workgroup and cannot change the archive', () => {
    const { stack, queries } = make();
    const role = new Role(stack, 'Auditor', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    queries.grants.query(role).assertSuccess();
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const statements = policy?.['Properties'].PolicyDocument.Statement as { Action: unknown; Resource: unknown }[];
    expect(new Set(statements.flatMap(({ Action }) => Action))).toEqual(
      new Set([
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:StartQueryExecution',
        'athena:StopQueryExecution',
        'glue:GetDatabase',
        'glue:GetPartitions',
        'glue:GetTable',
        's3:GetBucketLocation',
        's3:GetObject',
        's3:ListBucket',
        's3:PutObject',
        'kms:Decrypt',
        'kms:GenerateDataKey',
      ]),
    );
    const writes = statements.filter(({ Action }) => JSON.stringify(Action).includes('PutObject'));
    expect(JSON.stringify(writes)).not.toContain('acme-log-archive');
  });

  test.each([
    [{ workGroupName: 'Acme' }, ['InvalidFormat']],
    [{ regions: [] }, ['CountOutOfRange']],
    [{ regions: Array.from({ length: 41 }, (_, index) => `r-${index}`) }, ['CountOutOfRange']],
  ])('%j', (changes, expected) => {
    expect(codes(() => make(changes))).toEqual(expected);
  });
});
