import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { DecisionLedger } from '../audit/decision-ledger';
import type { EncryptionKey } from '../core/encryption-key';
import type { ModelRegistry } from '../registry/model-registry';

/** What every step of a promotion reads and writes. */
export interface PromotionStores {
  /** Registry of datasets, candidates, evidence and versions. */
  readonly registry: ModelRegistry;
  /** Ledger that gets an entry for every step. */
  readonly ledger: DecisionLedger;
  /** Submissions and reviews; a `ReviewTable`. */
  readonly reviews: ITable;
  /** Key of functions, logs and workflows. It must allow CloudWatch Logs (`EncryptionKey.allowLogs`). */
  readonly encryptionKey: EncryptionKey;
}
