import validate from 'asl-validator';
import { Duration, TimeZone } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { EvaluationSuite, TrainingCompute } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { type Definition, definitionOf, EVALUATION_IMAGE, IMAGE, pipelineFixture, pipelineOnly } from './fixture';

const problemsOf = (definition: Definition) =>
  validate(definition as never).errors.map((error) => JSON.stringify(error));

/** Every state that can be reached from `start`. */
function reachable({ StartAt, States }: Definition): string[] {
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const state = States[name]!;
    const choices = (state['Choices'] ?? []) as { Next: string }[];
    const next = [
      state.Next,
      state['Default'] as string,
      ...choices.map((c) => c.Next),
      ...(state.Catch ?? []).map((c) => c.Next),
    ];
    for (const one of next) if (one) visit(one);
  };
  visit(StartAt);
  return [...seen].toSorted();
}

describe('the definition', () => {
  const definition = definitionOf(pipelineOnly());

  test('is valid Amazon States Language, on workers and on SageMaker', () => {
    expect(problemsOf(definition)).toEqual([]);
    expect(problemsOf(definitionOf(pipelineOnly({ compute: TrainingCompute.sageMaker() })))).toEqual([]);
  });

  test('the validator finds a step to nowhere (positive control)', () => {
    const broken = structuredClone(definition);
    broken.States['Check'] = { ...broken.States['Check']!, Next: 'Nowhere' };
    expect(problemsOf(broken).join()).toContain('Nowhere');
  });

  test('goes from check to registered', () => {
    expect(definition.StartAt).toBe('Check');
    const order = ['Check', 'Train', 'Evaluate', 'Judge', 'Gate passed?'];
    order.slice(0, -1).forEach((name, index) => expect(definition.States[name]!.Next).toBe(order[index + 1]));
    expect(definition.States['Register']!.Next).toBe('Announce registration');
    expect(definition.States['Announce registration']!.Next).toBe('Registered');
  });

  test('has no state that is never reached', () => {
    expect(reachable(definition)).toEqual(Object.keys(definition.States).toSorted());
  });

  test.each(['Check', 'Train', 'Evaluate', 'Judge', 'Review', 'Review again', 'Register'])(
    'a failure in %s is recorded as a rejection',
    (name) => {
      const last = definition.States[name]!.Catch!.at(-1)!;
      expect(last).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Record rejection', ResultPath: '$.failure' });
    },
  );

  test('a rejection is announced and ends the execution with its reason', () => {
    expect(definition.States['Record rejection']!.Next).toBe('Announce rejection');
    expect(definition.States['Announce rejection']!.Next).toBe('Rejected');
    expect(definition.States['Rejected']).toMatchObject({
      Type: 'Fail',
      ErrorPath: '$.rejection.reason',
      CausePath: '$.rejection.detail',
    });
    expect(definition.States['Record rejection']!.Catch![0]!.Next).toBe('Rejection not recorded');
  });

  test('a verdict that is neither pass nor needs-human is a rejection', () => {
    expect(definition.States['Gate passed?']).toMatchObject({
      Default: 'Record rejection',
      Choices: [
        {
          Or: [
            { Variable: '$.gate.verdict', StringEquals: 'pass' },
            { Variable: '$.gate.verdict', StringEquals: 'needs-human' },
          ],
          Next: 'Review',
        },
      ],
    });
  });

  test('anything but an approval is a rejection', () => {
    expect(definition.States['Approved?']).toMatchObject({
      Default: 'Record rejection',
      Choices: [{ Variable: '$.review.decision', StringEquals: 'approved', Next: 'Register' }],
    });
  });

  test('reviewers are called again after three quarters of the deadline, and silence is a refusal', () => {
    const { Review: review, 'Review again': again } = definitionOf(
      pipelineFixture({}, { reviewDeadline: Duration.hours(4) }),
    ).States;
    expect([review!.TimeoutSeconds, again!.TimeoutSeconds]).toEqual([3 * 3600, 3600]);
    expect(review!.Catch![0]).toMatchObject({ ErrorEquals: ['States.Timeout'], Next: 'Review again' });
    expect(again!.Catch).toHaveLength(1);
    expect(review!.Parameters).toMatchObject({ Payload: { deadlineSeconds: 4 * 3600, escalated: false } });
    expect(again!.Parameters).toMatchObject({ Payload: { escalated: true } });
  });

  test.each([
    ['low', 1],
    ['limited', 1],
    ['high', 2],
  ] as const)('a model of %s risk needs %d reviewers', (riskTier, requiredApprovals) => {
    const { States } = definitionOf(pipelineOnly({ riskTier }));
    expect(States['Review']!.Parameters).toMatchObject({ Payload: { requiredApprovals } });
  });

  test('the gates come from the definition, not from the execution', () => {
    expect(definition.States['Judge']!.Parameters).toMatchObject({ gates: [{ metric: 'accuracy', atLeast: 0.93 }] });
  });

  test('calls of functions are repeated when the service fails', () => {
    for (const name of ['Check', 'Judge', 'Review', 'Register', 'Record rejection']) {
      expect(definition.States[name]!.Retry![0]).toMatchObject({
        ErrorEquals: expect.arrayContaining(['Lambda.TooManyRequestsException', 'Lambda.ServiceException']),
        MaxAttempts: 5,
        BackoffRate: 2,
      });
    }
  });

  test('every task has an end in time, but for jobs that SageMaker ends', () => {
    const open = Object.entries(definition.States).filter(
      ([, s]) => s.Type === 'Task' && s.TimeoutSeconds === undefined,
    );
    expect(open).toEqual([]);
  });
});

describe('the schedule', () => {
  test('there is none by default', () => {
    expect(pipelineOnly().pipeline.node.tryFindChild('Schedule')).toBeUndefined();
  });

  test('goes through the door, in its own name, with a role for this account', () => {
    const expression = ScheduleExpression.cron({
      weekDay: 'SUN',
      hour: '2',
      minute: '0',
      timeZone: TimeZone.EUROPE_DUBLIN,
    });
    const template = Template.fromStack(pipelineFixture({ schedule: { expression, series: '1.4.0' } }).stack);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 2 ? * SUN *)',
      ScheduleExpressionTimezone: 'Europe/Dublin',
      KmsKeyArn: Match.anyValue(),
      Target: {
        Input:
          '{"schedule":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","model":"iris","series":"1.4.0"}',
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          }),
        ],
      },
    });
  });

  test.each(['1.4', '1.4.0-rc1', 'v1.4.0'])('refuses the series %s', (series) => {
    const schedule = { expression: ScheduleExpression.rate(Duration.days(1)), series };
    expect(codes(() => pipelineOnly({ schedule }))).toEqual(['InvalidFormat']);
  });
});

describe('the workflow', () => {
  test('is encrypted, traced, and logs everything but data', () => {
    const { stack } = pipelineFixture();
    Template.fromStack(stack).hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'acme-training-iris',
      StateMachineType: 'STANDARD',
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: Match.anyValue() },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false, Destinations: Match.anyValue() },
      TracingConfiguration: { Enabled: true },
    });
    const logs = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
    expect(logs.every(({ Properties }) => Properties.KmsKeyId && Properties.RetentionInDays === 365)).toBe(true);
  });

  test('a model package is catalogued where a group is given, and a catalogue that fails hides no version', () => {
    expect(definitionOf(pipelineOnly()).States['Catalogue']).toBeUndefined();
    const fixture = pipelineOnly(({ registry }) => ({ modelPackageGroup: registry.modelPackageGroup('iris') }));
    const definition = definitionOf(fixture);
    expect(problemsOf(definition)).toEqual([]);
    expect(definition.States['Register']!.Next).toBe('Catalogue');
    expect(definition.States['Catalogue']).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:sagemaker:createModelPackage',
      Parameters: { 'ClientToken.$': '$.request.jobName', ModelApprovalStatus: 'Approved' },
      Next: 'Announce registration',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Announce registration' }],
    });
  });

  test('metrics name the workflow and the model', () => {
    const { pipeline, promotion } = pipelineOnly();
    expect(pipeline.metrics.started().metricName).toBe('ExecutionsStarted');
    expect(pipeline.metrics.duration().metricName).toBe('ExecutionTime');
    expect(pipeline.metrics.rejected()).toMatchObject({ metricName: 'Rejected', dimensions: { Model: 'iris' } });
    expect(promotion.review.metrics.age('iris')).toMatchObject({
      metricName: 'ReviewAge',
      dimensions: { Model: 'iris' },
    });
  });
});

const suite = (metrics = ['accuracy']) => new EvaluationSuite({ image: EVALUATION_IMAGE, metrics });

describe('what is refused', () => {
  test.each([
    ['a model name that is too long', { model: 'i'.repeat(33) }, 'InvalidName'],
    ['a dataset version that is none', { dataset: { name: 'iris', version: 'latest' } }, 'InvalidFormat'],
    ['a training image by tag', { training: { image: 'iris:latest' } }, 'ImageNotPinned'],
    [
      'an evaluation image by tag',
      { evaluation: new EvaluationSuite({ image: 'iris:1', metrics: ['accuracy'] }) },
      'ImageNotPinned',
    ],
    ['no gate', { gates: [] }, 'CountOutOfRange'],
    ['21 gates', { gates: Array.from({ length: 21 }, () => ({ metric: 'accuracy', atLeast: 0 })) }, 'CountOutOfRange'],
    ['a gate on a metric that nobody measures', { gates: [{ metric: 'f1', atLeast: 0 }] }, 'UnknownMetric'],
    ['a gate without a bound', { gates: [{ metric: 'accuracy' }] }, 'GateWithoutBound'],
    ['a gate that can never hold', { gates: [{ metric: 'accuracy', atLeast: 2, atMost: 1 }] }, 'GateImpossible'],
    [
      'a comparison without a direction',
      { gates: [{ metric: 'accuracy', atLeast: 0, atMost: 1, maxRegression: 0.1 }] },
      'GateAmbiguous',
    ],
    ['a bound that is no number', { gates: [{ metric: 'accuracy', atLeast: Number.NaN }] }, 'NumberOutOfRange'],
    ['a metric twice', { evaluation: suite(['accuracy', 'accuracy']) }, 'DuplicateValue'],
    ['a job that may take 4 minutes', { jobTimeout: Duration.minutes(4) }, 'DurationOutOfRange'],
    ['a job that may take 6 days', { jobTimeout: Duration.days(6) }, 'DurationOutOfRange'],
  ])('%s', (_what, changes, code) => {
    expect(codes(() => pipelineOnly(changes))).toContain(code);
  });

  test('several mistakes at once', () => {
    const found = codes(() => pipelineOnly({ model: 'X', training: { image: 'iris' }, gates: [] }));
    expect(found).toEqual(['InvalidName', 'ImageNotPinned', 'CountOutOfRange']);
  });

  test.each([Duration.minutes(5), Duration.days(5)])('not a job time of %s', (jobTimeout) => {
    expect(codes(() => pipelineOnly({ jobTimeout }))).toEqual([]);
  });

  test.each([Duration.minutes(59), Duration.days(31)])('a review deadline of %s', (reviewDeadline) => {
    expect(codes(() => pipelineFixture({}, { reviewDeadline }))).toEqual(['DurationOutOfRange']);
  });

  test.each(['acme', 'acme_', `${'a'.repeat(48)}-`])('the prefix %s', (workflowPrefix) => {
    expect(codes(() => pipelineFixture({}, { workflowPrefix }))).toEqual(['InvalidFormat']);
  });

  test('images are given as they are', () => {
    expect(definitionOf(pipelineOnly()).States['Train']!.Parameters).toMatchObject({
      MessageBody: { job: { image: IMAGE } },
    });
  });
});
