export { EdgeMetrics } from './edge-metrics';
export { GatewayEdge, type GatewayEdgeProps } from './gateway-edge';
export type { IGatewayEdge } from './gateway-edge-ref';
export { GatewayHeader, HEALTH_PATH, PROXY_PORT } from './headers';
export { InferenceGateway, type InferenceGatewayProps, type RouteEntry } from './inference-gateway';
export { routingProblems } from './invariants';
export { type MirroredModel, ModelRoute, type ModelRouteProps, type WeightedModel } from './model-route';
export { type ListenerTemplate, openListeners } from './public-listeners';
export { RateLimit, type TenantRateLimitProps } from './rate-limit';
export { RateLimitStore, type RateLimitStoreProps } from './rate-limit-store';
export {
  Resilience,
  type ResilienceProps,
  type StreamingResilienceProps,
  type UnaryResilienceProps,
} from './resilience';
export { WebAcl, type WebAclProps } from './web-acl';
