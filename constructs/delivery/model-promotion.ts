import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { HandlerFunction } from '../core/handler-function';
import { grantTable } from '../core/table-grants';
import { DeliveryApi } from './delivery-api';
import type { DeliveryBus } from './delivery-bus';
import { HumanReview } from './human-review';
import { ModelRegistration } from './model-registration';
import { ModelSubmission } from './model-submission';
import { PromotionGate } from './promotion-gate';
import type { PromotionStores } from './promotion-stores';

/** Properties for `ModelPromotion`. */
export interface ModelPromotionProps extends PromotionStores {
  /** Bus on which every step is announced. */
  readonly bus: DeliveryBus;

  /** Common start of the names of the workflows, ending in a hyphen; the name of the model follows. */
  readonly workflowPrefix: string;

  /**
   * Time until an open review counts as refused, 1 to 720 hours.
   *
   * @default Duration.days(7)
   */
  readonly reviewDeadline?: Duration;
}

/**
 * What all training workflows of a registry share: submission, check, gate, review, registration and rejection.
 *
 * Seven functions and one API, however many models there are. Costs nothing at rest.
 */
export class ModelPromotion extends Construct {
  /** API of submitters and reviewers. */
  public readonly api: DeliveryApi;

  /** The door to the workflows. */
  public readonly submission: ModelSubmission;

  /** The machine's judgement. */
  public readonly gate: PromotionGate;

  /** The humans' judgement. */
  public readonly review: HumanReview;

  /** What makes a candidate a version. */
  public readonly registration: ModelRegistration;

  /** Function that checks the input of an execution. */
  public readonly checkHandler: IFunction;

  /** Function that writes a rejection down. */
  public readonly rejectionHandler: IFunction;

  /** Bus on which every step is announced. */
  public readonly bus: DeliveryBus;

  /** Common start of the names of the workflows. */
  public readonly workflowPrefix: string;

  /** What every step reads and writes. */
  public readonly stores: PromotionStores;

  constructor(scope: Construct, id: string, props: ModelPromotionProps) {
    super(scope, id);
    const { registry, ledger, reviews, encryptionKey, bus, workflowPrefix, reviewDeadline: deadline } = props;
    const stores = { registry, ledger, reviews, encryptionKey };
    const api = new DeliveryApi(this, 'Api', { encryptionKey });
    this.submission = new ModelSubmission(this, 'Submission', { ...stores, api, workflowPrefix });
    this.gate = new PromotionGate(this, 'Gate', stores);
    this.review = new HumanReview(this, 'Review', { ...stores, api, bus, deadline });
    this.registration = new ModelRegistration(this, 'Registration', stores);
    this.checkHandler = this.createCheck(stores);
    this.rejectionHandler = this.createRejection(stores);
    this.api = api;
    this.bus = bus;
    this.workflowPrefix = workflowPrefix;
    this.stores = stores;
  }

  private createCheck({ registry, reviews, encryptionKey }: PromotionStores): IFunction {
    const handler = new HandlerFunction(this, 'Check', {
      handler: 'delivery/training-request',
      description: 'Checks what an execution was asked for',
      encryptionKey,
      environment: {
        ARTIFACT_BUCKET: registry.artifacts.bucket.bucketName,
        DATASET_BUCKET: registry.datasets.bucket.bucketName,
        MODEL_TABLE: registry.models.tableName,
        REVIEW_TABLE: reviews.tableName,
      },
    });
    registry.datasets.grants.read(handler);
    registry.grants.read(handler);
    grantTable(reviews, handler, ['dynamodb:GetItem']);
    return handler;
  }

  private createRejection({ ledger, reviews, encryptionKey }: PromotionStores): IFunction {
    const handler = new HandlerFunction(this, 'Reject', {
      handler: 'delivery/model-rejection',
      description: 'Writes down that a version was not registered, and why',
      encryptionKey,
      environment: { LEDGER_TABLE: ledger.table.tableName, REVIEW_TABLE: reviews.tableName },
    });
    handler.addEnvironment('ACTOR', handler.role!.roleArn);
    grantTable(reviews, handler, ['dynamodb:GetItem', 'dynamodb:PutItem']);
    ledger.grants.append(handler);
    return handler;
  }
}
