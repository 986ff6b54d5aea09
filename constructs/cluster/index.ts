export { ClusterControllers, type ClusterControllersProps, type RateLimitAddress } from './cluster-controllers';
export { ClusterPolicies, type ClusterPoliciesProps } from './cluster-policies';
export { GeneralNodePool, type GeneralNodePoolProps } from './general-node-pool';
export { GPU_FAMILIES, GpuNodePool, type GpuNodePoolProps } from './gpu-node-pool';
export {
  type ExistingCluster,
  type IInferenceCluster,
  InferenceCluster,
  type InferenceClusterProps,
} from './inference-cluster';
export { NetworkEnforcement, type NetworkEnforcementProps } from './network-enforcement';
export { type PinnedVersion, REVIEWED_ON, VERSIONS } from './versions';
