export type { IGatewayEdge } from './gateway-edge-ref';
export { GatewayHeader, HEALTH_PATH, PROXY_PORT } from './headers';
export { InferenceGateway, type InferenceGatewayProps, type RouteEntry } from './inference-gateway';
export { routingProblems } from './invariants';
export { type MirroredModel, ModelRoute, type ModelRouteProps, type WeightedModel } from './model-route';
export { RateLimit, type TenantRateLimitProps } from './rate-limit';
export {
  Resilience,
  type ResilienceProps,
  type StreamingResilienceProps,
  type UnaryResilienceProps,
} from './resilience';
