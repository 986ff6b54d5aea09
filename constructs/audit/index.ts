export { DecisionLedger, type DecisionLedgerProps } from './decision-ledger';
export { DecisionLedgerGrants } from './decision-ledger-grants';
export * from './ledger-entry';
export * from './ledger-item';
export * from './verify-ledger';
