import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AuditTrail, type AuditTrailProps, EncryptionKey, LogArchive, TRAIL_DETECTIONS } from '../../../constructs';
import { codes } from '../../helpers/codes';

const ACCOUNT = '123456789012';

function make(changes: Partial<AuditTrailProps> = {}): Template {
  const stack = new Stack(undefined, 'Test', { env: { account: ACCOUNT, region: 'eu-west-1' } });
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Test' });
  new AuditTrail(stack, 'Trail', {
    trailName: 'acme-eu-west-1',
    archive: new LogArchive(stack, 'Archive', { encryptionKey }),
    encryptionKey,
    owner: { team: 'security', contact: 'security@example.com', runbook: 'docs/runbooks.md' },
    ...changes,
  });
  return Template.fromStack(stack);
}

function selectors(template: Template): unknown {
  const [trail] = Object.values(template.findResources('AWS::CloudTrail::Trail'));
  return trail?.['Properties'].AdvancedEventSelectors;
}

const isTrail = Match.objectLike({
  'Fn::Join': ['', Match.arrayWith([`:cloudtrail:eu-west-1:${ACCOUNT}:trail/acme-eu-west-1`])],
});

describe('AuditTrail', () => {
  test('records all regions, validates its files, encrypts them, and is kept', () => {
    make().hasResource('AWS::CloudTrail::Trail', {
      Properties: {
        TrailName: 'acme-eu-west-1',
        IsLogging: true,
        IsMultiRegionTrail: true,
        IncludeGlobalServiceEvents: true,
        EnableLogFileValidation: true,
        KMSKeyId: Match.anyValue(),
        CloudWatchLogsLogGroupArn: Match.anyValue(),
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ArchivePolicy')]),
    });
  });

  test('records management events alone by default', () => {
    expect(selectors(make())).toEqual([
      { Name: 'Management', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
    ]);
  });

  test('records every access to named buckets and tables', () => {
    const found = selectors(make({ dataEvents: { buckets: ['acme-artifacts'], tables: ['acme-models'] } }));
    expect(found).toMatchObject([
      { Name: 'Management' },
      {
        Name: 'Objects',
        FieldSelectors: [
          { Field: 'eventCategory', Equals: ['Data'] },
          { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
          { Field: 'resources.ARN', StartsWith: [expect.anything()] },
        ],
      },
      {
        Name: 'Items',
        FieldSelectors: [
          { Field: 'eventCategory', Equals: ['Data'] },
          { Field: 'resources.type', Equals: ['AWS::DynamoDB::Table'] },
          { Field: 'resources.ARN', Equals: [expect.anything()] },
        ],
      },
    ]);
    expect(JSON.stringify(found)).toContain(':s3:::acme-artifacts/');
    expect(JSON.stringify(found)).toContain(`:dynamodb:eu-west-1:${ACCOUNT}:table/acme-models`);
  });

  test('key and archive let this trail in, and CloudWatch Logs use the key', () => {
    const template = make();
    const trailOnly = Match.objectLike({ StringEquals: Match.objectLike({ 'aws:SourceArn': isTrail }) });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Sid: 'EncryptTrail', Action: 'kms:GenerateDataKey*', Condition: trailOnly }),
          Match.objectLike({ Sid: 'DescribeForTrail', Action: 'kms:DescribeKey', Condition: trailOnly }),
          Match.objectLike({ Sid: 'UseLogs', Principal: { Service: 'logs.eu-west-1.amazonaws.com' } }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Sid: 'TrailWrite', Condition: trailOnly })]),
      },
    });
  });

  test('the copy goes to an encrypted log group, by a role for this trail alone', () => {
    const template = make();
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue(), RetentionInDays: 365 });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'cloudtrail.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceArn': isTrail } },
          }),
        ],
      },
    });
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const { Statement } = policy?.['Properties'].PolicyDocument ?? { Statement: [] };
    expect(Statement).toHaveLength(1);
    expect(Statement[0].Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(JSON.stringify(Statement[0].Resource)).toContain(`:log-stream:${ACCOUNT}_CloudTrail_eu-west-1*`);
  });

  test('every detection has a filter, and an alarm with owner and runbook', () => {
    const template = make();
    template.resourceCountIs('AWS::Logs::MetricFilter', TRAIL_DETECTIONS.length);
    template.resourceCountIs('AWS::CloudWatch::Alarm', TRAIL_DETECTIONS.length);
    for (const { name, runbookSection } of TRAIL_DETECTIONS) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: name,
        Namespace: 'Groundplane/Audit',
        Threshold: 1,
        AlarmDescription: Match.stringLikeRegexp(`Owner: security .*#${runbookSection}$`),
      });
    }
  });

  test('other detections, namespace and receiver', () => {
    const stack = new Stack();
    const topic = Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:eu-west-1:${ACCOUNT}:alerts`);
    const detections = TRAIL_DETECTIONS.slice(0, 1);
    const template = make({ detections, metricNamespace: 'Acme', notify: new SnsAction(topic) });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'Acme',
      AlarmActions: [topic.topicArn],
      OKActions: [topic.topicArn],
    });
  });

  test.each([
    ['ab', ['InvalidFormat']],
    ['abc', []],
    ['a'.repeat(128), []],
    ['a'.repeat(129), ['InvalidFormat']],
    ['acme_', ['InvalidFormat']],
  ])('the name %s: %j', (trailName, expected) => {
    expect(codes(() => make({ trailName }))).toEqual(expected);
  });
});

describe('TRAIL_DETECTIONS', () => {
  test('names and runbook sections are unique, patterns balanced', () => {
    expect(new Set(TRAIL_DETECTIONS.map(({ name }) => name)).size).toBe(TRAIL_DETECTIONS.length);
    expect(new Set(TRAIL_DETECTIONS.map(({ runbookSection }) => runbookSection)).size).toBe(TRAIL_DETECTIONS.length);
    for (const { pattern } of TRAIL_DETECTIONS) {
      expect(pattern.split('(')).toHaveLength(pattern.split(')').length);
      expect(pattern.length).toBeLessThanOrEqual(1024);
    }
  });

  test('who stops the trail is seen, by whatever way', () => {
    const changed = TRAIL_DETECTIONS.find(({ name }) => name === 'TrailChanged');
    expect(changed?.pattern).toContain('StopLogging');
    expect(changed?.pattern).not.toContain('cloudformation');
  });
});
