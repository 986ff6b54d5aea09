import { Duration, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { Chain, Choice, Condition, CustomState, Fail, type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ModelPromotion } from '../model-promotion';
import type { MetricGate } from '../promotion-gate/judge';
import type { ComputeStates } from './compute-states';

/** What the definition of one workflow is made from. */
export interface TrainingDefinitionProps {
  readonly model: string;
  readonly dataset: string;
  readonly datasetVersion: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly gates: readonly MetricGate[];
  readonly requiredApprovals: number;
  readonly promotion: ModelPromotion;
  readonly compute: ComputeStates;
  readonly modelPackageGroup?: CfnModelPackageGroup;
}

/** Errors of the Lambda service itself: the function did not run, or its answer got lost. All functions here are repeatable. */
const LAMBDA_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** Names under which the event pattern of a reader finds them. */
const REGISTERED = 'Model Registered';
const REJECTED = 'Model Rejected';

/**
 * The states of a training workflow: check, train, evaluate, gate, review, register, announce; every way out but the last one
 * leads to a recorded and announced rejection.
 */
export class TrainingDefinition extends Construct {
  /** First state. */
  public readonly start: IChainable;

  readonly #props: TrainingDefinitionProps;
  readonly #rejection: IChainable;

  constructor(scope: Construct, id: string, props: TrainingDefinitionProps) {
    super(scope, id);
    this.#props = props;
    this.#rejection = this.rejection();
    this.start = this.chain();
  }

  private chain(): IChainable {
    const { compute, promotion, model, dataset, datasetVersion, hyperparameters, gates } = this.#props;
    const check = this.call('Check', promotion.checkHandler, '$.request', {
      'input.$': '$',
      'execution.$': '$$.Execution.Name',
      pipeline: { model, dataset, datasetVersion, hyperparameters },
    });
    const judge = this.call('Judge', promotion.gate.handler, '$.gate', {
      'request.$': '$.request',
      'artifact.$': '$.training.artifact',
      claimed: { 'artifact.$': '$.training.digest', 'evidence.$': '$.evaluation.digest' },
      gates,
    });
    const steps = [check, compute.training, compute.evaluation, judge];
    for (const step of steps) step.addCatch(this.#rejection, { resultPath: '$.failure' });
    const reviewable = Condition.or(hasVerdict('pass'), hasVerdict('needs-human'));
    const gate = new Choice(this, 'Gate passed?').when(reviewable, this.review()).otherwise(this.#rejection);
    return Chain.start(check).next(compute.training).next(compute.evaluation).next(judge).next(gate);
  }

  /** Reviewers have three quarters of the time; then they are called again for the rest. */
  private review(): IChainable {
    const total = this.#props.promotion.review.deadline.toSeconds();
    const first = Math.ceil(total * 0.75);
    const decided = new Choice(this, 'Approved?')
      .when(Condition.stringEquals('$.review.decision', 'approved'), this.registration())
      .otherwise(this.#rejection);
    const escalated = this.wait('Review again', total - first, true);
    escalated.addCatch(this.#rejection, { resultPath: '$.failure' });
    escalated.next(decided);
    const review = this.wait('Review', first, false);
    review.addCatch(escalated, { errors: ['States.Timeout'], resultPath: '$.failure' });
    review.addCatch(this.#rejection, { resultPath: '$.failure' });
    review.next(decided);
    return review;
  }

  private registration(): IChainable {
    const { promotion, modelPackageGroup } = this.#props;
    const register = this.call('Register', promotion.registration.handler, '$.registration', {
      'request.$': '$.request',
      'gate.$': '$.gate',
    });
    this.insist(register).addCatch(this.#rejection, { resultPath: '$.failure' });
    const announce = this.announce('Announce registration', REGISTERED, {
      'model.$': '$.registration.name',
      'name.$': '$.registration.name',
      'version.$': '$.registration.version',
      'artifactDigest.$': '$.registration.artifactDigest',
      'artifactKey.$': '$.registration.artifactKey',
      'dataset.$': '$.registration.dataset',
      'datasetDigest.$': '$.registration.datasetDigest',
      'evidenceDigest.$': '$.registration.evidenceDigest',
      'evidenceKey.$': '$.registration.evidenceKey',
      'execution.$': '$.registration.execution',
      'submitter.$': '$.registration.submitter',
      'approvers.$': '$.registration.approvers',
    });
    announce.next(new Succeed(this, 'Registered'));
    if (!modelPackageGroup) return register.next(announce);
    const catalogue = this.catalogue(modelPackageGroup.modelPackageGroupName);
    // The version is registered by then: a catalogue that does not answer must not hide it.
    catalogue.addCatch(announce, { resultPath: '$.failure' });
    return register.next(catalogue).next(announce);
  }

  private rejection(): IChainable {
    const { promotion } = this.#props;
    const record = this.call('Record rejection', promotion.rejectionHandler, '$.rejection', {
      'state.$': '$',
      'execution.$': '$$.Execution.Name',
    });
    const announce = this.announce('Announce rejection', REJECTED, {
      'model.$': '$.model',
      'version.$': '$.version',
      'execution.$': '$$.Execution.Name',
      'submitter.$': '$.rejection.submitter',
      'reason.$': '$.rejection.reason',
      'detail.$': '$.rejection.detail',
    });
    const rejected = new Fail(this, 'Rejected', { errorPath: '$.rejection.reason', causePath: '$.rejection.detail' });
    const unrecorded = new Fail(this, 'Rejection not recorded', {
      error: 'RejectionNotRecorded',
      cause:
        'the version was rejected, but the ledger or the review table did not take it; see the log of the function',
    });
    this.insist(record).addCatch(unrecorded, { resultPath: '$.failure' });
    announce.addCatch(rejected, { resultPath: '$.failure' });
    return record.next(announce).next(rejected);
  }

  /** Calls a function and puts its answer at `path`. */
  private call(id: string, handler: IFunction, path: string, payload: object): CustomState {
    return new CustomState(this, id, {
      stateJson: {
        Type: 'Task',
        Resource: handler.functionArn,
        Parameters: payload,
        ResultPath: path,
        TimeoutSeconds: 900,
      },
    }).addRetry({ errors: LAMBDA_ERRORS, interval: Duration.seconds(2), maxAttempts: 5, backoffRate: 2 });
  }

  /** A call that must not be lost to a fault that passes: repeated whatever the error is. */
  private insist(step: CustomState): CustomState {
    return step.addRetry({
      errors: ['States.TaskFailed'],
      interval: Duration.seconds(1),
      maxAttempts: 2,
      backoffRate: 2,
    });
  }

  private wait(id: string, seconds: number, escalated: boolean): CustomState {
    const { promotion, requiredApprovals } = this.#props;
    const step = new CustomState(this, id, {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Stack.of(this).partition}:states:::lambda:invoke.waitForTaskToken`,
        Parameters: {
          FunctionName: promotion.review.requestHandler.functionArn,
          Payload: {
            'taskToken.$': '$$.Task.Token',
            'request.$': '$.request',
            'gate.$': '$.gate',
            requiredApprovals,
            deadlineSeconds: promotion.review.deadline.toSeconds(),
            escalated,
          },
        },
        ResultPath: '$.review',
        TimeoutSeconds: seconds,
      },
    }).addRetry({ errors: LAMBDA_ERRORS, interval: Duration.seconds(2), maxAttempts: 5, backoffRate: 2 });
    return this.insist(step);
  }

  private announce(id: string, type: string, detail: object): CustomState {
    const { bus } = this.#props.promotion;
    return new CustomState(this, id, {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Stack.of(this).partition}:states:::events:putEvents`,
        Parameters: {
          Entries: [
            { EventBusName: bus.eventBus.eventBusName, Source: bus.eventSource, DetailType: type, Detail: detail },
          ],
        },
        ResultPath: '$.announcement',
        TimeoutSeconds: 60,
      },
    }).addRetry({ errors: ['States.TaskFailed'], interval: Duration.seconds(2), maxAttempts: 5, backoffRate: 2 });
  }

  private catalogue(group: string): CustomState {
    return new CustomState(this, 'Catalogue', {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Stack.of(this).partition}:states:::aws-sdk:sagemaker:createModelPackage`,
        Parameters: {
          ModelPackageGroupName: group,
          'ClientToken.$': '$.request.jobName',
          'ModelPackageDescription.$': "States.Format('{} {}', $.registration.name, $.registration.version)",
          ModelApprovalStatus: 'Approved',
          'SourceUri.$': '$.gate.artifactUri',
          CustomerMetadataProperties: {
            'version.$': '$.registration.version',
            'artifactDigest.$': '$.registration.artifactDigest',
            'evidenceDigest.$': '$.registration.evidenceDigest',
            'execution.$': '$.registration.execution',
          },
        },
        ResultPath: '$.catalogue',
        TimeoutSeconds: 60,
      },
    }).addRetry({ errors: ['States.TaskFailed'], interval: Duration.seconds(2), maxAttempts: 3, backoffRate: 2 });
  }
}

function hasVerdict(verdict: 'pass' | 'needs-human'): Condition {
  return Condition.stringEquals('$.gate.verdict', verdict);
}
