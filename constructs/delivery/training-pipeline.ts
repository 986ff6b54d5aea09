import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { CfnSchedule, type ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  type IStateMachine,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard, grantWithWildcards } from '../core/permission-ledger';
import { dnsLabel, duration, matches, pinnedImage, requireNone } from '../core/validate';
import type { EvaluationSuite } from './evaluation-suite';
import type { RiskTier } from './human-review';
import type { ModelPromotion } from './model-promotion';
import { TrainingDefinition } from './private/training-definition';
import type { MetricGate } from './promotion-gate/judge';
import { TrainingCompute } from './training-compute';
import { TrainingPipelineGrants } from './training-pipeline-grants';
import { TrainingPipelineMetrics } from './training-pipeline-metrics';

/** A dataset of the registry. */
export interface TrainingDataset {
  /** Name in the dataset store. */
  readonly name: string;
  /** Version that is used unless a submission names another one. */
  readonly version: string;
}

/** The training container. */
export interface TrainingContainer {
  /** Image, pinned by digest. */
  readonly image: string;
  /**
   * Hyperparameters; a submission may override each.
   *
   * @default - none
   */
  readonly hyperparameters?: Readonly<Record<string, string>>;
}

/** When a model is trained by itself. */
export interface TrainingSchedule {
  /** The times, for example `ScheduleExpression.cron({ weekDay: 'SUN', hour: '2', minute: '0' })`. */
  readonly expression: ScheduleExpression;
  /** Version that the candidates are named after: `1.4.0` becomes `1.4.0-20260301t0200`. */
  readonly series: string;
}

/** Properties for `TrainingPipeline`. */
export interface TrainingPipelineProps {
  /** Name of the model: 2 to 32 lower-case letters, digits or hyphens. */
  readonly model: string;

  /** What the workflow shares with the ones of other models. */
  readonly promotion: ModelPromotion;

  /** Dataset that training and evaluation read. */
  readonly dataset: TrainingDataset;

  /** Training container. */
  readonly training: TrainingContainer;

  /** How a candidate is evaluated. */
  readonly evaluation: EvaluationSuite;

  /** What the evidence must show before anybody is asked to review, 1 to 20 gates. */
  readonly gates: readonly MetricGate[];

  /**
   * Who runs the containers.
   *
   * @default TrainingCompute.sageMaker()
   */
  readonly compute?: TrainingCompute;

  /**
   * How much depends on the model: `high` needs two reviewers.
   *
   * @default 'limited'
   */
  readonly riskTier?: RiskTier;

  /**
   * Longest run of one job, 5 minutes to 5 days.
   *
   * @default Duration.hours(6)
   */
  readonly jobTimeout?: Duration;

  /**
   * When the model is trained by itself; the candidates need the same gates and reviewers as any other.
   *
   * @default - only when somebody submits a version
   */
  readonly schedule?: TrainingSchedule;

  /**
   * Model package group that gets an approved package for every registered version.
   *
   * @default - none: the version table alone says what is registered
   */
  readonly modelPackageGroup?: CfnModelPackageGroup;
}

/**
 * The way of a model from a dataset to a registered version: train, evaluate, gate, review, register, announce.
 *
 * A Step Functions workflow (standard). Training and evaluation run as SageMaker jobs or on workers of yours; the rest is done
 * by the functions of `ModelPromotion`. Whatever fails or is refused ends as an entry in the ledger and an event with the
 * reason. Definition, input, output and log are encrypted with a customer key; the log holds no data of executions, because
 * they carry task tokens. Costs nothing at rest, about 0.001 USD per execution, and the jobs.
 */
export class TrainingPipeline extends Construct {
  /** The workflow. */
  public readonly stateMachine: IStateMachine;

  /** Role of the workflow. */
  public readonly role: IRole;

  /** Name of the model. */
  public readonly model: string;

  /** Permissions on the pipeline. */
  public readonly grants: TrainingPipelineGrants;

  /** Metrics of the pipeline. */
  public readonly metrics: TrainingPipelineMetrics;

  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    const { model, promotion, dataset, training, evaluation, gates, modelPackageGroup, schedule } = props;
    const { compute = TrainingCompute.sageMaker(), riskTier = 'limited', jobTimeout = Duration.hours(6) } = props;
    requireNone(
      this,
      dnsLabel('model', model, 32),
      dnsLabel('dataset.name', dataset.name),
      matches(
        'dataset.version',
        dataset.version,
        /^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/,
        "a semantic version such as '1.4.0'",
      ),
      pinnedImage('training.image', training.image),
      evaluation.problems(gates),
      compute.problems(),
      duration('jobTimeout', jobTimeout, 300, 5 * 24 * 3600),
      schedule ? matches('schedule.series', schedule.series, /^\d+\.\d+\.\d+$/, "a version such as '1.4.0'") : [],
    );

    this.model = model;
    this.role = this.createRole();
    const jobs = compute.bind(this, {
      model,
      registry: promotion.stores.registry,
      trainingImage: training.image,
      evaluationImage: evaluation.image,
      evaluationParameters: evaluation.parameters,
      timeout: jobTimeout,
    });
    const definition = new TrainingDefinition(this, 'Steps', {
      model,
      promotion,
      gates,
      modelPackageGroup,
      dataset: dataset.name,
      datasetVersion: dataset.version,
      hyperparameters: training.hyperparameters ?? {},
      requiredApprovals: promotion.review.requiredApprovals(riskTier),
      compute: jobs,
    });
    jobs.allow(this.role);
    this.allowSteps(promotion, modelPackageGroup);
    this.stateMachine = this.createStateMachine(promotion, definition);
    if (schedule) this.addSchedule(promotion, schedule);
    this.grants = TrainingPipelineGrants.fromTrainingPipeline(this, promotion);
    this.metrics = new TrainingPipelineMetrics(this.stateMachine, model);
  }

  private createRole(): Role {
    const { account } = Stack.of(this);
    return new Role(this, 'Role', {
      description: `Training workflow of ${this.model}`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    });
  }

  /** The schedule goes through the same door as people do. */
  private addSchedule(promotion: ModelPromotion, { expression, series }: TrainingSchedule): void {
    const { handler } = promotion.submission;
    const role = new Role(this, 'ScheduleRole', {
      description: `Starts the training of ${this.model} on schedule`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const { encryptionKey } = promotion.stores;
    Grant.addToPrincipal({ grantee: role, actions: ['lambda:InvokeFunction'], resourceArns: [handler.functionArn] });
    encryptionKey.grant(role, 'kms:Decrypt');
    new CfnSchedule(this, 'Schedule', {
      description: `Training of ${this.model}`,
      scheduleExpression: expression.expressionString,
      scheduleExpressionTimezone: expression.timeZone?.timezoneName,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: encryptionKey.keyArn,
      target: {
        arn: handler.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({
          schedule: '<aws.scheduler.schedule-arn>',
          at: '<aws.scheduler.scheduled-time>',
          model: this.model,
          series,
        }),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
      },
    });
  }

  /** The functions and the bus that the steps call. */
  private allowSteps(promotion: ModelPromotion, group: CfnModelPackageGroup | undefined): void {
    const grantee: IGrantable = this.role;
    const { checkHandler, gate, review, registration, rejectionHandler } = promotion;
    const handlers = [checkHandler, gate.handler, review.requestHandler, registration.handler, rejectionHandler];
    Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: handlers.map((handler) => handler.functionArn),
    });
    promotion.bus.grants.announce(grantee);
    if (!group) return;
    const { partition, region, account } = Stack.of(this);
    const packages = `arn:${partition}:sagemaker:${region}:${account}:model-package`;
    const name = group.modelPackageGroupName;
    const resourceArns = [`${packages}-group/${name}`, `${packages}/${name}/*`];
    const options = { grantee, actions: ['sagemaker:CreateModelPackage'], resourceArns };
    grantWithWildcards(options, 'SageMaker numbers the packages of a group');
  }

  private createStateMachine({ stores, workflowPrefix }: ModelPromotion, steps: TrainingDefinition): StateMachine {
    const { encryptionKey } = stores;
    const log = new LogGroup(this, 'Log', {
      encryptionKey,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const stateMachine = new StateMachine(this, 'Resource', {
      stateMachineName: `${workflowPrefix}${this.model}`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(steps.start),
      comment: `From dataset to registered version of ${this.model}`,
      role: this.role,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(encryptionKey, Duration.minutes(5)),
      tracingEnabled: true,
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false },
    });
    acknowledgeWildcard(this.role, {
      wildcards: ['Resource::*'],
      reason: 'X-Ray and the log delivery of Step Functions know no resource',
    });
    return stateMachine;
  }
}
