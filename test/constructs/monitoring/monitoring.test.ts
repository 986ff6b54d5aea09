import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { parse } from 'yaml';
import {
  EncryptionKey,
  GatewayMonitoring,
  type IMonitoredModel,
  InferenceMonitoring,
  MetricWorkspace,
  MonthlyBudget,
  NotificationChannel,
  PlatformDashboard,
} from '../../../constructs';
import { codes } from '../../helpers/codes';

const owner = { team: 'ml', contact: 'ml@example.com', runbook: 'docs/guides/runbooks.md' };

function fixture() {
  const stack = new Stack(new App(), 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'test' }).allowLogs();
  return { stack, encryptionKey };
}

function workspaceFixture() {
  const { stack, encryptionKey } = fixture();
  const workspace = new MetricWorkspace(stack, 'Metrics', { encryptionKey, notify: new Topic(stack, 'Topic') });
  return { stack, workspace };
}

const model = (more: Partial<IMonitoredModel['metrics']['queries']> = {}): IMonitoredModel => ({
  modelName: 'iris',
  modelVersion: '1.0.0',
  owner,
  metrics: { queries: { requests: 'r', errors: 'e', latency: 'l', running: 'n', ...more } },
});

const edge = () => {
  const metric = (metricName: string) => new Metric({ namespace: 'Test', metricName });
  return {
    requests: () => metric('Requests'),
    targetErrors: () => metric('TargetErrors'),
    edgeErrors: () => metric('EdgeErrors'),
    latency: () => metric('Latency'),
    healthyProxies: () => metric('Healthy'),
    blocked: () => metric('Blocked'),
  };
};

const notify = { bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:123456789012:topic' }) };

describe('NotificationChannel', () => {
  test('is encrypted with the key and refuses publishers without TLS or from other accounts', () => {
    const { stack, encryptionKey } = fixture();
    new NotificationChannel(stack, 'Channel', { encryptionKey, emails: ['ml@example.com'] });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResource('AWS::SNS::Topic', { DeletionPolicy: 'RetainExceptOnCreate' });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
            Principal: {
              Service: [
                'cloudwatch.amazonaws.com',
                'events.amazonaws.com',
                'budgets.amazonaws.com',
                'aps.amazonaws.com',
              ],
            },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ml@example.com' });
  });

  test.each(['cloudwatch', 'events', 'budgets', 'aps'])('%s may use the key', (service) => {
    const { stack, encryptionKey } = fixture();
    new NotificationChannel(stack, 'Channel', { encryptionKey, emails: ['ml@example.com'] });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: `${service}.amazonaws.com` },
            Action: Match.arrayWith(['kms:Decrypt']),
          }),
        ]),
      },
    });
  });

  test.each([
    ['no address', [], ['CountOutOfRange']],
    ['no mail address', ['ml'], ['InvalidFormat']],
    ['one twice', ['a@b.c', 'a@b.c'], ['DuplicateValue']],
  ])('refuses %s', (_name, emails, expected) => {
    const { stack, encryptionKey } = fixture();
    expect(codes(() => new NotificationChannel(stack, 'Channel', { encryptionKey, emails }))).toEqual(expected);
  });
});

describe('MetricWorkspace', () => {
  test('is encrypted, logged, kept, and sends alerts to the topic', () => {
    const { stack } = workspaceFixture();
    Template.fromStack(stack).hasResource('AWS::APS::Workspace', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        KmsKeyArn: Match.anyValue(),
        LoggingConfiguration: Match.anyValue(),
        WorkspaceConfiguration: { RetentionPeriodInDays: 150 },
        AlertManagerDefinition: {
          'Fn::Sub': [
            Match.stringLikeRegexp('topic_arn: \\$\\{Topic\\}'),
            { Topic: Match.anyValue(), Region: 'eu-west-1' },
          ],
        },
      },
    });
  });

  test.each([0, 1096, 1.5])('refuses to keep metrics for %d days', (retentionDays) => {
    const { stack, encryptionKey } = fixture();
    const make = () =>
      new MetricWorkspace(stack, 'Metrics', { encryptionKey, notify: new Topic(stack, 'Topic'), retentionDays });
    expect(codes(make)).toEqual(['IntegerOutOfRange']);
  });

  test.each([
    ['a name with a space', 'a b', ['g'], ['InvalidFormat']],
    ['two groups of one name', 'a', ['g', 'g'], ['DuplicateValue']],
  ])('refuses rules with %s', (_name, name, groups, expected) => {
    const { stack, workspace } = workspaceFixture();
    expect(
      codes(() =>
        workspace.addRules(
          stack,
          name,
          groups.map((group) => ({ name: group, rules: [] })),
        ),
      ),
    ).toEqual(expected);
  });
});

describe('InferenceMonitoring', () => {
  interface File {
    groups: {
      name: string;
      rules: { record?: string; alert?: string; expr: string; labels?: object; annotations?: { runbook: string } }[];
    }[];
  }
  const rules = (props: Partial<ConstructorParameters<typeof InferenceMonitoring>[2]> = {}): File['groups'] => {
    const { stack, workspace } = workspaceFixture();
    new InferenceMonitoring(stack, 'Monitoring', { workspace, model: model(), ...props });
    const [namespace] = Object.values(Template.fromStack(stack).findResources('AWS::APS::RuleGroupsNamespace'));
    return (parse((namespace as { Properties: { Data: string } }).Properties.Data) as File).groups;
  };

  test('records the golden signals and raises an alert for each', () => {
    const [signals, alerts] = rules();
    expect(signals!.rules.map((rule) => rule.record)).toEqual([
      'model:requests:rate5m',
      'model:errors:ratio5m',
      'model:latency_seconds:p95_5m',
      'model:running',
    ]);
    expect(alerts!.rules.map((rule) => rule.alert)).toEqual(['ModelErrors', 'ModelSlow', 'ModelSilent']);
  });

  test('watches the queue of a language model', () => {
    const [signals, alerts] = rules({
      model: model({ queueDepth: 'q', timeToFirstToken: 't', keyValueCacheUsage: 'k' }),
    });
    expect(signals!.rules).toHaveLength(7);
    expect(alerts!.rules.map((rule) => rule.alert)).toContain('ModelSaturated');
  });

  test('names model, version, owner and runbook', () => {
    for (const rule of rules()[1]!.rules) {
      expect(rule.labels).toEqual({ owner: 'ml', model: 'iris', version: '1.0.0' });
      expect(rule.annotations?.runbook).toMatch(/^docs\/guides\/runbooks\.md#model-/);
    }
  });

  test('thresholds follow the props', () => {
    const expressions = rules({ latency: Duration.millis(250), errorRatio: 0.05 })[1]!.rules.map((rule) => rule.expr);
    expect(expressions[0]).toMatch(/> 0\.05$/);
    expect(expressions[1]).toMatch(/> 0\.25$/);
  });

  test.each([
    ['latency', { latency: Duration.seconds(601) }, 'DurationOutOfRange'],
    ['errorRatio', { errorRatio: 1.1 }, 'NumberOutOfRange'],
    ['queueDepth', { queueDepth: 0 }, 'NumberOutOfRange'],
  ])('refuses %s out of bounds', (_name, props, code) => {
    expect(codes(() => rules(props))).toEqual([code]);
  });
});

describe('GatewayMonitoring', () => {
  test('raises five alarms, each with owner and runbook, that notify', () => {
    const { stack } = fixture();
    new GatewayMonitoring(stack, 'Gateway', { metrics: edge(), owner, notify });
    const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')) as {
      Properties: { AlarmDescription: string; AlarmActions: string[]; OKActions: string[] };
    }[];
    expect(alarms).toHaveLength(5);
    for (const { Properties } of alarms) {
      expect(Properties.AlarmDescription).toMatch(
        /Owner: ml \(ml@example\.com\)\. Runbook: docs\/guides\/runbooks\.md#[a-z-]+$/,
      );
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.OKActions).toHaveLength(1);
    }
  });

  test.each([
    ['errorsPerMinute', -1, 'IntegerOutOfRange'],
    ['latencySeconds', 0, 'NumberOutOfRange'],
    ['blockedPerMinute', 0, 'IntegerOutOfRange'],
  ])('refuses %s = %d', (prop, value, code) => {
    const { stack } = fixture();
    expect(
      codes(() => new GatewayMonitoring(stack, 'Gateway', { metrics: edge(), owner, notify, [prop]: value })),
    ).toEqual([code]);
  });
});

describe('PlatformDashboard and MonthlyBudget', () => {
  test('the page shows the alarms first', () => {
    const { stack } = fixture();
    const { alarms } = new GatewayMonitoring(stack, 'Gateway', { metrics: edge(), owner, notify });
    new PlatformDashboard(stack, 'Page', { title: 'Cell', edge: edge(), alarms: Object.values(alarms) });
    const body = JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
    expect(body.indexOf('\\"type\\":\\"alarm\\"')).toBeGreaterThan(0);
    expect(body.indexOf('\\"type\\":\\"alarm\\"')).toBeLessThan(body.indexOf('\\"type\\":\\"metric\\"'));
  });

  test('the budget tells at 80 % and when it is forecast to be passed', () => {
    const { stack } = fixture();
    new MonthlyBudget(stack, 'Budget', { usd: 500, notify: new Topic(stack, 'Topic') });
    Template.fromStack(stack).hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetLimit: { Amount: 500, Unit: 'USD' }, TimeUnit: 'MONTHLY' },
      NotificationsWithSubscribers: [
        Match.objectLike({ Notification: Match.objectLike({ NotificationType: 'ACTUAL', Threshold: 80 }) }),
        Match.objectLike({ Notification: Match.objectLike({ NotificationType: 'FORECASTED', Threshold: 100 }) }),
      ],
    });
  });

  test.each([0, 10_000_001, 1.5])('refuses a budget of %d USD', (usd) => {
    const { stack } = fixture();
    expect(codes(() => new MonthlyBudget(stack, 'Budget', { usd, notify: new Topic(stack, 'Topic') }))).toEqual([
      'IntegerOutOfRange',
    ]);
  });
});
