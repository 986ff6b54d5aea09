import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import {
  type DecisionLedger,
  DeliveryBus,
  EncryptionKey,
  EvaluationSuite,
  ModelPromotion,
  type ModelRegistry,
  NotificationChannel,
  type ReviewTable,
  TrainingCompute,
  TrainingPipeline,
  WorkerQueue,
} from '../../constructs';
import type { ModelConfig } from '../config/schema';
import { EventType } from '../contract';
import type { StageInput } from '../platform';
import { PlatformStack } from '../platform-stack';
import { watchDelivery } from './delivery-alarms';
import { requireImages, type TrainedModel, trainedModels } from './trained-models';

/** Properties for `DeliveryStack`. */
export interface DeliveryStackProps {
  /** What the control plane is built from. */
  readonly input: StageInput;
  /** Registry that datasets come from and versions go to. */
  readonly registry: ModelRegistry;
  /** Ledger of decisions. */
  readonly ledger: DecisionLedger;
  /** Submissions and reviews. */
  readonly reviews: ReviewTable;
}

/** The way of a model to a registered version: bus, submission, training, gate, review, registration. */
export class DeliveryStack extends PlatformStack {
  /** Bus of everything that happens to a model. */
  public readonly bus: DeliveryBus;

  /** What the workflows share. */
  public readonly promotion: ModelPromotion;

  /** Workflow of each model that is trained here, by name. */
  public readonly pipelines: ReadonlyMap<string, TrainingPipeline>;

  readonly #input: StageInput;
  readonly #registry: ModelRegistry;
  readonly #encryptionKey: EncryptionKey;
  readonly #workers?: WorkerQueue;

  constructor(scope: Construct, id: string, { input, registry, ledger, reviews }: DeliveryStackProps) {
    const { config, contract } = input;
    const names = contract.controlPlane;
    super(scope, id, {
      platform: config.name,
      stage: 'control',
      place: names,
      description: 'Training, evaluation, gate, review and registration of models; event bus',
      stateful: false,
      owner: config.owner,
    });
    const trained = trainedModels(input);
    requireImages(this, input, trained);

    this.#input = input;
    this.#registry = registry;
    this.#encryptionKey = new EncryptionKey(this, 'Key', { description: `Encrypts the delivery of ${config.name}` });
    this.#encryptionKey.allowLogs();
    this.bus = this.createBus();
    const notifications = this.createNotifications();
    this.promotion = new ModelPromotion(this, 'Promotion', {
      registry,
      ledger,
      reviews,
      bus: this.bus,
      encryptionKey: this.#encryptionKey,
      workflowPrefix: `${names.trainingPrefix}-`,
      reviewDeadline: Duration.hours(config.delivery.reviewDeadlineHours),
    });
    this.#workers = config.delivery.compute === 'workers' ? this.createWorkers() : undefined;
    this.pipelines = new Map(trained.map((model) => [model.model.name, this.createPipeline(model)]));
    this.createPeople();
    watchDelivery(this, {
      config,
      promotion: this.promotion,
      pipelines: [...this.pipelines.values()],
      workers: this.#workers,
      notify: notifications.action,
    });
    this.exportNames();
  }

  private createBus(): DeliveryBus {
    const { contract } = this.#input;
    return new DeliveryBus(this, 'Bus', {
      encryptionKey: this.#encryptionKey,
      eventSource: contract.eventSource,
      eventBusName: contract.controlPlane.eventBus,
      cellAccounts: [...new Set(contract.cells.map((cell) => cell.account))],
    });
  }

  /** Reviewers are told by mail to the owner: when a review is asked for, and again before it ends. */
  private createNotifications(): NotificationChannel {
    const { config, contract } = this.#input;
    const channel = new NotificationChannel(this, 'Notifications', {
      encryptionKey: this.#encryptionKey,
      emails: [config.owner],
    });
    new Rule(this, 'ReviewCalls', {
      eventBus: this.bus.eventBus,
      description: 'Reviews that wait for a decision, and models that were refused',
      eventPattern: {
        source: [contract.eventSource],
        detailType: [EventType.reviewRequested, EventType.reviewEscalated, EventType.modelRejected],
      },
      // The channel lets EventBridge of this account publish; the target of the CDK would let that of every account.
      targets: [{ bind: () => ({ arn: channel.topic.topicArn }) }],
    });
    return channel;
  }

  private createWorkers(): WorkerQueue {
    const names = this.#input.contract.controlPlane;
    const workers = new WorkerQueue(this, 'Workers', {
      encryptionKey: this.#encryptionKey,
      queueName: names.workerQueue,
    });
    const role = new Role(this, 'WorkerRole', {
      roleName: names.workerRole,
      description: 'Runs training and evaluation containers on hardware of its own',
      assumedBy: new AccountRootPrincipal(),
    });
    const { artifacts, datasets } = this.#registry;
    workers.grants.work(role);
    datasets.grants.read(role);
    artifacts.grants.read(role, artifacts.workPrefix);
    artifacts.grants.add(role, artifacts.workPrefix);
    new CfnOutput(this, 'WorkerRoleArn', { value: role.roleArn });
    new CfnOutput(this, 'WorkerQueueUrl', { value: workers.queue.queueUrl });
    return workers;
  }

  private createPipeline({ model, training, images }: TrainedModel): TrainingPipeline {
    const pipeline = new TrainingPipeline(this, `Pipeline-${model.name}`, {
      model: model.name,
      promotion: this.promotion,
      dataset: { name: training.dataset, version: training.datasetVersion },
      training: { image: images.training, hyperparameters: training.hyperparameters },
      evaluation: new EvaluationSuite({
        image: images.evaluation,
        metrics: [...new Set(model.gates.map((gate) => gate.metric))],
      }),
      gates: model.gates,
      riskTier: model.riskTier,
      compute: this.computeOf(model),
      modelPackageGroup: this.#workers ? undefined : this.#registry.modelPackageGroup(model.name),
    });
    new CfnOutput(this, `StateMachine${pascalCase(model.name)}`, { value: pipeline.stateMachine.stateMachineArn });
    return pipeline;
  }

  private computeOf({ training }: ModelConfig): TrainingCompute {
    if (this.#workers) return TrainingCompute.workers({ queue: this.#workers });
    return TrainingCompute.sageMaker({
      instanceType: training?.instanceType,
      experiments: this.#registry.experiments,
    });
  }

  /** One role submits, the other decides; nobody of this stack can do both. */
  private createPeople(): void {
    const names = this.#input.contract.controlPlane;
    const submitter = new Role(this, 'SubmitterRole', {
      roleName: names.submitterRole,
      description: 'Submits versions of models; cannot decide on them',
      assumedBy: new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(1),
    });
    const reviewer = new Role(this, 'ReviewerRole', {
      roleName: names.reviewerRole,
      description: 'Decides on submitted versions; cannot submit any',
      assumedBy: new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(1),
    });
    for (const pipeline of this.pipelines.values()) pipeline.grants.submit(submitter);
    if (this.pipelines.size === 0) this.promotion.submission.grants.accept(submitter);
    this.promotion.review.grants.decide(reviewer);
    new CfnOutput(this, 'SubmitterRoleArn', { value: submitter.roleArn });
    new CfnOutput(this, 'ReviewerRoleArn', { value: reviewer.roleArn });
  }

  private exportNames(): void {
    const { api, stores } = this.promotion;
    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'ApiId', { value: api.resource.apiId });
    new CfnOutput(this, 'ReviewTable', { value: stores.reviews.tableName });
    new CfnOutput(this, 'EventBusName', { value: this.bus.eventBus.eventBusName });
  }
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z0-9])/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
