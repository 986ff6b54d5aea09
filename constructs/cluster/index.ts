export { type IInferenceCluster, InferenceCluster, type InferenceClusterProps } from './inference-cluster';
export { type PinnedVersion, VERSIONS } from './versions';
