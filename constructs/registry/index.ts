export { ArtifactReplica, type ArtifactReplicaProps, type ReplicaWriter } from './artifact-replica';
export {
  ArtifactReplication,
  type ArtifactReplicationProps,
  type ReplicationEnd,
} from './artifact-replication/artifact-replication';
export { ArtifactSigning, type ArtifactSigningProps } from './artifact-signing';
export { ArtifactSigningGrants } from './artifact-signing-grants';
export { ArtifactStore, type ArtifactStoreProps } from './artifact-store';
export { DatasetStore, type DatasetStoreProps } from './dataset-store';
export { EvidenceStore, type EvidenceStoreProps } from './evidence-store';
export { ExperimentTracking, type ExperimentTrackingProps } from './experiment-tracking';
export { ImageRepository, type ImageRepositoryProps } from './image-repository';
export type { ImageReader } from './image-repository-readers';
export { ImmutableStore, type ImmutableStoreProps, type StoreLayout } from './immutable-store';
export { ModelCard, type ModelCardProps, type ModelRisk } from './model-card';
export { ModelRegistry, type ModelRegistryNames, type ModelRegistryProps } from './model-registry';
export { ModelRegistryGrants } from './model-registry-grants';
export * from './model-version';
export * from './object-keys';
export { PromptStore, type PromptStoreProps } from './prompt-store';
export { StoreGrants } from './store-grants';
export * from './version-item';
export { VersionTable, type VersionTableProps } from './version-table';
