export { EmbeddingIndex, type EmbeddingIndexProps } from './embedding-index';
export { EmbeddingIndexGrants } from './embedding-index-grants';
export { EmbeddingStore, type EmbeddingStoreProps } from './embedding-store';
export { FeatureGroup, type FeatureGroupProps } from './feature-group';
export { FeatureGroupGrants, type FeatureGroupRef } from './feature-group-grants';
export { FeatureGroupMetrics, type FeatureOperation } from './feature-group-metrics';
export { FeatureMonitoring, type FeatureMonitoringProps } from './feature-monitoring';
export { FeatureStore, type FeatureStoreProps } from './feature-store';
export type { FeatureType } from './private/feature-rules';
