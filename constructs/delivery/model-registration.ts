import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { HandlerFunction } from '../core/handler-function';
import { grantTable } from '../core/table-grants';
import type { PromotionStores } from './promotion-stores';

/** Properties for `ModelRegistration`. */
export type ModelRegistrationProps = PromotionStores;

/**
 * The last step of a promotion: it makes an approved candidate a version.
 *
 * Reads the approvals from the review table (an answered task token alone opens nothing), copies the artefact to its immutable
 * key with S3 checking the digest, signs the release manifest, and writes version and ledger entry in one transaction. A version
 * is never replaced; a retry of the same execution changes nothing. Artefacts up to 5 GiB. Costs nothing at rest.
 */
export class ModelRegistration extends Construct {
  /** Function that registers. */
  public readonly handler: IFunction;

  constructor(scope: Construct, id: string, { registry, ledger, reviews, encryptionKey }: ModelRegistrationProps) {
    super(scope, id);
    const handler = new HandlerFunction(this, 'Register', {
      handler: 'delivery/model-registration',
      description: 'Registers an approved candidate as a version',
      encryptionKey,
      timeout: Duration.minutes(10),
      memorySize: 1024,
      environment: {
        ARTIFACT_BUCKET: registry.artifacts.bucket.bucketName,
        LEDGER_TABLE: ledger.table.tableName,
        MODEL_TABLE: registry.models.tableName,
        REVIEW_TABLE: reviews.tableName,
        SIGNING_KEY: registry.signing.key.keyArn,
      },
    });
    handler.addEnvironment('ACTOR', handler.role!.roleArn);
    registry.grants.register(handler);
    ledger.grants.append(handler);
    grantTable(reviews, handler, ['dynamodb:GetItem']);
    this.handler = handler;
  }
}
