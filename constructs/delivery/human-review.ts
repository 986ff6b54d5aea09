import { Duration, Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { HandlerFunction } from '../core/handler-function';
import { grantWithWildcards } from '../core/permission-ledger';
import { grantTable } from '../core/table-grants';
import { duration, requireNone } from '../core/validate';
import type { DeliveryApi } from './delivery-api';
import type { DeliveryBus } from './delivery-bus';
import { HumanReviewGrants } from './human-review-grants';
import { HumanReviewMetrics } from './human-review-metrics';
import { CallerRoles } from './private/caller-roles';
import type { PromotionStores } from './promotion-stores';

/** Properties for `HumanReview`. */
export interface HumanReviewProps extends Omit<PromotionStores, 'registry'> {
  /** API that gets the operations of reviewers. */
  readonly api: DeliveryApi;

  /** Bus on which reviews are requested, escalated and decided. */
  readonly bus: DeliveryBus;

  /**
   * Time until an open review counts as refused, 1 to 720 hours. After three quarters of it reviewers are called again.
   *
   * @default Duration.days(7)
   */
  readonly deadline?: Duration;
}

/** How much depends on a model: `high` needs two reviewers. */
export type RiskTier = 'low' | 'limited' | 'high';

const APPROVALS: Record<RiskTier, number> = { low: 1, limited: 1, high: 2 };

/**
 * The human part of a promotion: a workflow waits until enough reviewers have decided.
 *
 * A reviewer is whoever signed the request, as AWS says. The submitter never counts, nobody counts twice, and a decision names
 * the digest of the artefact that was looked at. No answer before the deadline is a refusal. Every step is an event and a
 * ledger entry. Costs nothing at rest.
 */
export class HumanReview extends Construct {
  /** Function that parks the token of a waiting workflow. */
  public readonly requestHandler: IFunction;

  /** Function that shows reviews and takes decisions; the only one of this library that answers a review. */
  public readonly decisionHandler: IFunction;

  /** Time until an open review counts as refused. */
  public readonly deadline: Duration;

  /** API of reviewers. */
  public readonly api: DeliveryApi;

  /** Permissions on reviews. */
  public readonly grants: HumanReviewGrants;

  /** Metrics of reviews. */
  public readonly metrics = new HumanReviewMetrics();

  constructor(scope: Construct, id: string, props: HumanReviewProps) {
    super(scope, id);
    const { deadline = Duration.days(7) } = props;
    requireNone(this, duration('deadline', deadline, 3600, 720 * 3600));

    const reviewers = new CallerRoles(this, 'decide on reviews');
    this.requestHandler = this.createRequestHandler(props);
    this.decisionHandler = this.createDecisionHandler(props, reviewers.asText());
    this.deadline = deadline;
    this.api = props.api;
    this.grants = HumanReviewGrants.fromHumanReview(this, (role: IRole) => reviewers.add(role));
    for (const method of ['GET', 'POST'] as const) {
      this.api.addOperation({
        id: `${method}Review`,
        method,
        path: '/reviews/{model}/{version}',
        handler: this.decisionHandler,
      });
    }
  }

  /** Reviewers that a model of this risk tier needs. */
  public requiredApprovals(tier: RiskTier): number {
    return APPROVALS[tier];
  }

  private createRequestHandler(props: HumanReviewProps): IFunction {
    const handler = new HandlerFunction(this, 'Request', {
      handler: 'delivery/review-request',
      description: 'Parks the task token of a workflow that waits for reviewers',
      encryptionKey: props.encryptionKey,
      environment: this.environment(props),
    });
    handler.addEnvironment('ACTOR', handler.role!.roleArn);
    grantTable(props.reviews, handler, ['dynamodb:GetItem', 'dynamodb:PutItem']);
    props.ledger.grants.append(handler);
    props.bus.grants.announce(handler);
    return handler;
  }

  private createDecisionHandler(props: HumanReviewProps, reviewerRoles: string): IFunction {
    const handler = new HandlerFunction(this, 'Decide', {
      handler: 'delivery/review-decision',
      description: 'Shows reviews and takes the decisions of verified reviewers',
      encryptionKey: props.encryptionKey,
      environment: { ...this.environment(props), ACCOUNT: Stack.of(this).account, REVIEWER_ROLES: reviewerRoles },
    });
    grantTable(props.reviews, handler, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem']);
    props.ledger.grants.append(handler);
    props.bus.grants.announce(handler);
    grantWithWildcards(
      { grantee: handler, actions: ['states:SendTaskSuccess'], resourceArns: ['*'] },
      'IAM knows no resource for task answers: the token is the permission, and it lies in the review table alone',
    );
    return handler;
  }

  private environment({ reviews, ledger, bus }: HumanReviewProps): Record<string, string> {
    return {
      EVENT_BUS: bus.eventBus.eventBusName,
      EVENT_SOURCE: bus.eventSource,
      LEDGER_TABLE: ledger.table.tableName,
      REVIEW_TABLE: reviews.tableName,
    };
  }
}
