import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { HandlerFunction } from '../core/handler-function';
import type { PromotionStores } from './promotion-stores';

/** Properties for `PromotionGate`. */
export type PromotionGateProps = Omit<PromotionStores, 'reviews'>;

/**
 * The machine's part of a promotion: it judges a candidate by the evidence of its evaluation.
 *
 * Evidence counts only for the artefact and the dataset whose digests it names; the digest of the artefact is computed from the
 * bytes in the store. A metric that is missing or not a finite number fails. The evidence is kept in the evidence store, the
 * verdict in the ledger. One function serves every pipeline; the gates come from the pipeline's definition, not from the
 * execution. Costs nothing at rest.
 */
export class PromotionGate extends Construct {
  /** Function that judges. */
  public readonly handler: IFunction;

  constructor(scope: Construct, id: string, { registry, ledger, encryptionKey }: PromotionGateProps) {
    super(scope, id);
    const handler = new HandlerFunction(this, 'Judge', {
      handler: 'delivery/promotion-gate',
      description: 'Judges a candidate by its evidence',
      encryptionKey,
      // Reads the whole artefact once to compute its digest.
      timeout: Duration.minutes(10),
      memorySize: 1024,
      environment: {
        EVIDENCE_BUCKET: registry.evidence.bucket.bucketName,
        LEDGER_TABLE: ledger.table.tableName,
        MODEL_TABLE: registry.models.tableName,
      },
    });
    handler.addEnvironment('ACTOR', handler.role!.roleArn);
    registry.artifacts.grants.read(handler, registry.artifacts.workPrefix);
    registry.evidence.grants.read(handler);
    registry.evidence.grants.add(handler);
    registry.grants.read(handler);
    ledger.grants.append(handler);
    this.handler = handler;
  }
}
