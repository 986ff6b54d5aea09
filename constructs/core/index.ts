export { canonicalJson, type JsonValue, sha256 } from './canonical-json';
export { ChartRelease, type ChartReleaseProps } from './chart-release';
export { EncryptionKey, type EncryptionKeyProps } from './encryption-key';
export { PlatformError, type Problem } from './errors';
export { HandlerFunction, type HandlerFunctionProps } from './handler-function';
export { OwnedAlarm, type OwnedAlarmProps } from './owned-alarm';
export type { Owner } from './owner';
export {
  acknowledgeFinding,
  acknowledgeWildcard,
  type FindingEntry,
  grantWithWildcards,
  type WildcardEntry,
} from './permission-ledger';
export { PlatformBucket, type PlatformBucketProps } from './platform-bucket';
export { PlatformTable, type PlatformTableProps, type TableIdentity } from './platform-table';
export { WorkloadIdentity, type WorkloadIdentityProps } from './workload-identity';
