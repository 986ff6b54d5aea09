import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DecisionLedger, EncryptionKey, ModelRegistry, ReviewTable } from '../../../constructs';
import { type PlatformConfigInput, platformSchema } from '../../../lib/config/schema';
import { platformContract } from '../../../lib/contract';
import { DeliveryStack } from '../../../lib/control-plane/delivery-stack';
import { codes } from '../../helpers/codes';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const IMAGES = { 'iris-training': DIGEST, 'iris-evaluation': DIGEST };
const IRIS = {
  name: 'iris',
  server: 'fastApi' as const,
  training: { dataset: 'iris', datasetVersion: '1.0.0', image: 'iris-training', evaluationImage: 'iris-evaluation' },
  gates: [{ metric: 'accuracy', atLeast: 0.93 }],
};

function delivery(config: Partial<PlatformConfigInput> = {}, images: Record<string, string> = IMAGES): DeliveryStack {
  const app = new App({
    context: { '@aws-cdk/core:enablePartitionLiterals': true, '@aws-cdk/aws-iam:minimizePolicies': true },
  });
  const parsed = platformSchema.parse({
    name: 'acme-ml',
    account: '123456789012',
    region: 'eu-west-1',
    zones: ['eu-west-1a', 'eu-west-1b'],
    domain: 'inference.example.com',
    ...config,
  });
  const state = new Stack(app, 'Registry', { env: { account: parsed.account, region: parsed.region } });
  const encryptionKey = new EncryptionKey(state, 'Key', { description: 'Encrypts the test' });
  return new DeliveryStack(app, 'Delivery', {
    input: { config: parsed, contract: platformContract(parsed), images: { images }, releases: {} },
    registry: new ModelRegistry(state, 'Models', { encryptionKey }),
    ledger: new DecisionLedger(state, 'Ledger', { encryptionKey }),
    reviews: new ReviewTable(state, 'Reviews', { encryptionKey }),
  });
}

const outputs = (stack: DeliveryStack) => Object.keys(Template.fromStack(stack).findOutputs('*')).toSorted();

describe('DeliveryStack', () => {
  test('comes up without models', () => {
    const stack = delivery();
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    expect(outputs(stack)).toEqual([
      'ApiId',
      'ApiUrl',
      'EventBusName',
      'ReviewTable',
      'ReviewerRoleArn',
      'SubmitterRoleArn',
    ]);
  });

  test('a model without training has no workflow', () => {
    expect(delivery({ models: [{ name: 'roses', server: 'fastApi' }] }).pipelines.size).toBe(0);
  });

  test('defines a workflow for every model that is trained, on SageMaker by default', () => {
    const stack = delivery({ models: [IRIS, { ...IRIS, name: 'iris-small', riskTier: 'high', predictPath: false }] });
    expect([...stack.pipelines.keys()]).toEqual(['iris', 'iris-small']);
    const template = Template.fromStack(stack);
    for (const name of ['acme-ml-training-iris', 'acme-ml-training-iris-small']) {
      template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName: name });
    }
    template.resourceCountIs('AWS::SQS::Queue', 0);
    template.resourceCountIs('AWS::Lambda::Function', 7);
    expect(outputs(stack)).toEqual(expect.arrayContaining(['StateMachineIris', 'StateMachineIrisSmall']));
    expect(JSON.stringify(template.toJSON())).toContain('sagemaker:createTrainingJob.sync');
  });

  test('workers bring a queue and a role that runs jobs', () => {
    const stack = delivery({ models: [IRIS], delivery: { compute: 'workers' } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'acme-ml-training-jobs' });
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-ml-training-worker-eu-west-1' });
    expect(outputs(stack)).toEqual(expect.arrayContaining(['WorkerQueueUrl', 'WorkerRoleArn']));
    expect(JSON.stringify(template.toJSON())).not.toContain('createTrainingJob');
  });

  test('images come from the lock', () => {
    const text = JSON.stringify(Template.fromStack(delivery({ models: [IRIS] })).toJSON());
    expect(text).toContain(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme-ml/iris-training@${DIGEST}`);
  });

  test('an image that is not locked is refused, each by name', () => {
    expect(codes(() => delivery({ models: [IRIS] }, {}))).toEqual(['ImageNotLocked', 'ImageNotLocked']);
    expect(() => delivery({ models: [IRIS] }, { 'iris-training': DIGEST })).toThrow(
      /'images\.iris-evaluation' must be in the image lock .* push the image to the repository 'acme-ml\/iris-evaluation'/,
    );
  });

  test('submitter and reviewer are two roles, for sessions of one hour', () => {
    const template = Template.fromStack(delivery({ models: [IRIS] }));
    for (const RoleName of ['acme-ml-model-submitter-eu-west-1', 'acme-ml-model-reviewer-eu-west-1']) {
      template.hasResourceProperties('AWS::IAM::Role', { RoleName, MaxSessionDuration: 3600 });
    }
  });

  test('the deadline of a review comes from the configuration', () => {
    const stack = delivery({ models: [IRIS], delivery: { reviewDeadlineHours: 8 } });
    expect(stack.promotion.review.deadline.toHours()).toBe(8);
  });

  test('the owner is told of reviews and of rejected models, through an encrypted topic', () => {
    const template = Template.fromStack(delivery({ owner: 'ml@example.com' }));
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['groundplane.acme-ml'],
        'detail-type': ['Review Requested', 'Review Escalated', 'Model Rejected'],
      },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ml@example.com' });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: Match.arrayWith(['cloudwatch.amazonaws.com', 'events.amazonaws.com']) },
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          }),
        ]),
      },
    });
  });

  test.each([
    ['sagemaker', 5],
    ['workers', 7],
  ] as const)('every alarm on %s names owner and runbook and notifies', (compute, count) => {
    const template = Template.fromStack(delivery({ models: [IRIS], delivery: { compute }, owner: 'ml@example.com' }));
    template.resourceCountIs('AWS::CloudWatch::Alarm', count);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('Owner: acme-ml \\(ml@example.com\\)\\. Runbook: .*#'),
      AlarmActions: [Match.anyValue()],
      OKActions: [Match.anyValue()],
    });
  });

  test('a cell of another account may use the bus, the own account needs no policy', () => {
    const zones = ['eu-west-1a', 'eu-west-1b'];
    const cell = (name: string, account: string) => ({
      name,
      account,
      region: 'eu-west-1',
      zones,
      domain: `${name}.example.com`,
    });
    const template = Template.fromStack(delivery({ cells: [cell('aa', '123456789012'), cell('bb', '999999999999')] }));
    template.resourceCountIs('AWS::Events::EventBusPolicy', 2);
  });

  test('the services that must use the key may, each for this account', () => {
    const template = Template.fromStack(delivery({ models: [IRIS] }));
    const policy = Object.values(template.findResources('AWS::KMS::Key'))[0]!['Properties'].KeyPolicy;
    const users = (policy.Statement as { Principal: { Service?: string }; Condition?: object }[])
      .filter(({ Principal }) => Principal.Service)
      .map(({ Principal, Condition }) => [Principal.Service, JSON.stringify(Condition)]);
    // Step Functions asks for this one as it is, to deliver the log of an encrypted workflow.
    expect(users.filter(([, condition]) => !condition?.includes('123456789012'))).toEqual([
      ['delivery.logs.amazonaws.com', undefined],
    ]);
    expect(Object.fromEntries(users)).toMatchObject({
      'logs.eu-west-1.amazonaws.com': expect.stringContaining('arn:aws:logs:eu-west-1:123456789012:log-group:*'),
      'events.amazonaws.com': expect.stringContaining('123456789012'),
      'cloudwatch.amazonaws.com': expect.stringContaining('123456789012'),
    });
  });
});
