import { App, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import {
  DecisionLedger,
  DeliveryBus,
  EncryptionKey,
  EvaluationSuite,
  ModelPromotion,
  type ModelPromotionProps,
  ModelRegistry,
  ReviewTable,
  TrainingCompute,
  TrainingPipeline,
  type TrainingPipelineProps,
  WorkerQueue,
} from '../../../constructs';
import { ACCOUNT } from './support';

export const REGION = 'eu-west-1';
export const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/acme/iris-training@sha256:${'1'.repeat(64)}`;
export const EVALUATION_IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/acme/iris-evaluation@sha256:${'2'.repeat(64)}`;

/** An empty stack with account and region. */
export function emptyStack(): Stack {
  const app = new App({
    context: { '@aws-cdk/core:enablePartitionLiterals': true, '@aws-cdk/aws-iam:minimizePolicies': true },
  });
  return new Stack(app, 'Test', { env: { account: ACCOUNT, region: REGION } });
}

/** Registry, ledger, bus and promotion in one stack, with a submitter, a reviewer and a worker. */
export function deliveryFixture(changes: Partial<ModelPromotionProps> = {}) {
  const stack = emptyStack();
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Encrypts the test' }).allowLogs();
  const registry = new ModelRegistry(stack, 'Registry', { prefix: 'acme', encryptionKey });
  const promotion = new ModelPromotion(stack, 'Promotion', {
    registry,
    ledger: new DecisionLedger(stack, 'Ledger', { encryptionKey }),
    reviews: new ReviewTable(stack, 'Reviews', { encryptionKey }),
    bus: new DeliveryBus(stack, 'Bus', { encryptionKey, eventSource: 'groundplane.acme' }),
    encryptionKey,
    workflowPrefix: 'acme-training-',
    ...changes,
  });
  const role = (id: string) => new Role(stack, id, { assumedBy: new AccountRootPrincipal() });
  const submitter = role('Submitter');
  const reviewer = role('Reviewer');
  const worker = role('Worker');
  promotion.review.grants.decide(reviewer);
  const queue = new WorkerQueue(stack, 'Queue', { encryptionKey });
  queue.grants.work(worker);
  return { stack, registry, promotion, submitter, reviewer, worker, queue };
}

/** Props to change, or how to make them from what is around. */
export type PipelineChanges =
  | Partial<TrainingPipelineProps>
  | ((around: ReturnType<typeof deliveryFixture>) => Partial<TrainingPipelineProps>);

/** A pipeline of iris on workers, and what is around it: a stack of its own, to be synthesised. */
export function pipelineFixture(changes: PipelineChanges = {}, promotionChanges: Partial<ModelPromotionProps> = {}) {
  return pipelineIn(deliveryFixture(promotionChanges), changes);
}

let shared: ReturnType<typeof deliveryFixture> | undefined;
let pipelines = 0;

/** A pipeline that is looked at without synthesis: what is around it is made once for all tests. */
export function pipelineOnly(changes: PipelineChanges = {}) {
  shared ??= deliveryFixture();
  return pipelineIn(shared, changes, new Construct(shared.stack, `Pipeline${pipelines++}`));
}

function pipelineIn(
  around: ReturnType<typeof deliveryFixture>,
  changes: PipelineChanges,
  scope: Construct = around.stack,
) {
  const pipeline = new TrainingPipeline(scope, 'Iris', {
    model: 'iris',
    promotion: around.promotion,
    dataset: { name: 'iris', version: '1.0.0' },
    training: { image: IMAGE, hyperparameters: { C: '1.0' } },
    evaluation: new EvaluationSuite({ image: EVALUATION_IMAGE, metrics: ['accuracy', 'logLoss'] }),
    gates: [{ metric: 'accuracy', atLeast: 0.93 }],
    compute: TrainingCompute.workers({ queue: around.queue }),
    ...(typeof changes === 'function' ? changes(around) : changes),
  });
  pipeline.grants.submit(around.submitter);
  return { ...around, pipeline };
}

/** A state of Amazon States Language. */
export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Record<string, unknown>;
  readonly TimeoutSeconds?: number;
  readonly HeartbeatSeconds?: number;
  readonly Next?: string;
  readonly Retry?: { readonly ErrorEquals: string[]; readonly MaxAttempts?: number }[];
  readonly Catch?: { readonly ErrorEquals: string[]; readonly Next: string }[];
  readonly [key: string]: unknown;
}

/** A definition of Amazon States Language. */
export interface Definition {
  StartAt: string;
  States: Record<string, State>;
}

/** The definition of the workflow of `pipeline`; what CloudFormation fills in later stands there by logical id. */
export function definitionOf({ pipeline, stack }: { pipeline: TrainingPipeline; stack: Stack }): Definition {
  const machine = pipeline.stateMachine.node.defaultChild as CfnStateMachine;
  return JSON.parse(flatten(stack.resolve(machine.definitionString)));
}

function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as object) as [[string, unknown]];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(flatten).join('');
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = argument as [string, string];
    return attribute === 'Arn' ? `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}` : `${id}.${attribute}`;
  }
  return String(argument);
}
