import { AttributeType, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PlatformTable, type TableIdentity } from '../core/platform-table';
import { DecisionLedgerGrants } from './decision-ledger-grants';

/** Properties for `DecisionLedger`. */
export type DecisionLedgerProps = TableIdentity;

/**
 * An append-only record of decisions: who decided what about which version, when and why.
 *
 * Each entry holds the hash of the one before it, so that a changed, removed or inserted entry shows (`verifyLedger`). The
 * resource policy refuses updates, deletions and batch writes to everybody; what is left to a writer is an append. Point-in-
 * time recovery, customer key, deletion protection. Costs storage and requests.
 */
export class DecisionLedger extends Construct {
  /** The table: partition key `chain`, sort key `sequence`. */
  public readonly table: ITable;

  /** Permissions to append and to read. */
  public readonly grants: DecisionLedgerGrants;

  constructor(scope: Construct, id: string, props: DecisionLedgerProps) {
    super(scope, id);
    this.table = new PlatformTable(this, 'Table', {
      ...props,
      partitionKey: { name: 'chain', type: AttributeType.STRING },
      sortKey: { name: 'sequence', type: AttributeType.NUMBER },
      resourcePolicy: new PolicyDocument({ statements: [appendOnly()] }),
    });
    this.grants = DecisionLedgerGrants.fromDecisionLedger(this);
  }
}

/** A table's own policy cannot name its ARN at creation: `*` is the table itself here. */
function appendOnly(): PolicyStatement {
  return new PolicyStatement({
    sid: 'AppendOnly',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:PartiQLDelete',
      'dynamodb:PartiQLInsert',
      'dynamodb:PartiQLUpdate',
      'dynamodb:UpdateItem',
    ],
    resources: ['*'],
  });
}
