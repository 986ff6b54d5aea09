import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { grantTable } from '../core/table-grants';
import type { DecisionLedger } from './decision-ledger';

/** IAM permissions on a `DecisionLedger`. */
export class DecisionLedgerGrants {
  /** Builds the grants of `ledger`. */
  public static fromDecisionLedger(ledger: DecisionLedger): DecisionLedgerGrants {
    return new DecisionLedgerGrants(ledger);
  }

  readonly #ledger: DecisionLedger;

  private constructor(ledger: DecisionLedger) {
    this.#ledger = ledger;
  }

  /**
   * Lets `grantee` append: read the head, put the next entry, alone or in a transaction. Not: update, delete, batch.
   *
   * Actions: `dynamodb:Query`, `dynamodb:PutItem` on the table, use of its key through DynamoDB.
   */
  public append(grantee: IGrantable): Grant {
    return grantTable(this.#ledger.table, grantee, ['dynamodb:Query', 'dynamodb:PutItem']);
  }

  /**
   * Lets `grantee` read and verify every chain.
   *
   * Actions: `dynamodb:GetItem`, `dynamodb:Query`, `dynamodb:Scan` on the table, use of its key through DynamoDB.
   */
  public read(grantee: IGrantable): Grant {
    return grantTable(this.#ledger.table, grantee, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan']);
  }
}
