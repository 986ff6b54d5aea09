import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { HandlerFunction } from '../core/handler-function';
import { grantWithWildcards } from '../core/permission-ledger';
import { grantTable } from '../core/table-grants';
import { matches, requireNone } from '../core/validate';
import type { DeliveryApi } from './delivery-api';
import { ModelSubmissionGrants } from './model-submission-grants';
import { CallerRoles } from './private/caller-roles';
import type { PromotionStores } from './promotion-stores';

/** Properties for `ModelSubmission`. */
export interface ModelSubmissionProps extends Omit<PromotionStores, 'registry'> {
  /** API that gets the operation of submitters. */
  readonly api: DeliveryApi;

  /** Common start of the names of the workflows, for example `acme-training-`; the name of the model follows. */
  readonly workflowPrefix: string;
}

/**
 * The only door to the training workflows: it starts one in the name of whoever signed the request, and writes that down first.
 *
 * Costs nothing at rest.
 */
export class ModelSubmission extends Construct {
  /** Function that starts workflows. */
  public readonly handler: IFunction;

  /** API of submitters. */
  public readonly api: DeliveryApi;

  /** Permissions to submit. */
  public readonly grants: ModelSubmissionGrants;

  constructor(scope: Construct, id: string, props: ModelSubmissionProps) {
    super(scope, id);
    const { api, workflowPrefix, reviews, ledger, encryptionKey } = props;
    requireNone(
      this,
      matches(
        'workflowPrefix',
        workflowPrefix,
        /^[a-zA-Z0-9-]{1,47}-$/,
        "at most 48 letters, digits or hyphens, ending in '-'",
      ),
    );

    const submitters = new CallerRoles(this, 'submit models');
    const workflows = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: workflowPrefix,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const handler = new HandlerFunction(this, 'Submit', {
      handler: 'delivery/submission',
      description: 'Starts the training of a version in the name of a verified submitter',
      encryptionKey,
      environment: {
        ACCOUNT: Stack.of(this).account,
        LEDGER_TABLE: ledger.table.tableName,
        REVIEW_TABLE: reviews.tableName,
        STATE_MACHINE_PREFIX: workflows,
        SUBMITTER_ROLES: submitters.asText(),
      },
    });
    grantTable(reviews, handler, ['dynamodb:PutItem']);
    ledger.grants.append(handler);
    grantWithWildcards(
      { grantee: handler, actions: ['states:StartExecution'], resourceArns: [`${workflows}*`] },
      'one door serves the workflow of every model of this prefix',
    );
    api.addOperation({ id: 'PostSubmission', method: 'POST', path: '/submissions/{model}', handler });
    this.handler = handler;
    this.api = api;
    this.grants = ModelSubmissionGrants.fromModelSubmission(this, (role: IRole) => submitters.add(role));
  }
}
