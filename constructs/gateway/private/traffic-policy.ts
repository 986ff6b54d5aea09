import type { IBackendTrafficPolicy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/BackendTrafficPolicy';
import type { IRateLimitSpec } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/RateLimitSpec';
import type { IRetry } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/Retry';
import { Duration, type Size } from 'aws-cdk-lib';
import { GatewayHeader } from '../headers';
import type { RateLimit } from '../rate-limit';
import { MAX_BACK_OFF, type Resilience } from '../resilience';
import type { StreamTimeout } from './lagging-types';
import { ENVOY_GROUP, GATEWAY_GROUP, gatewayDuration } from './names';

/** What a traffic policy applies to, and how it behaves. */
export interface TrafficPolicyProps {
  readonly name: string;
  readonly namespace: string;
  /** Object in the same namespace that the policy is for. */
  readonly target: { readonly kind: 'Gateway' | 'HTTPRoute'; readonly name: string };
  readonly resilience: Resilience;
  readonly limits: RateLimit;
  readonly maxRequestBody: Size;
  /** Whether another model answers when the first cannot. */
  readonly fallback: boolean;
}

/** Timeouts, retries, circuit breaker, ejection, request limit and body limit of a route, or of every route of a gateway. */
export function trafficPolicy(props: TrafficPolicyProps): IBackendTrafficPolicy {
  const { name, namespace, target, resilience, fallback } = props;
  const http: StreamTimeout = {
    requestTimeout: resilience.requestTimeout ? gatewayDuration(resilience.requestTimeout) : '0s',
    streamIdleTimeout: gatewayDuration(resilience.streamIdleTimeout),
  };
  return {
    apiVersion: `${ENVOY_GROUP}/v1alpha1`,
    kind: 'BackendTrafficPolicy',
    metadata: { name, namespace },
    spec: {
      targetRefs: [{ group: GATEWAY_GROUP, ...target }],
      timeout: { tcp: { connectTimeout: '2s' }, http },
      retry: retry(resilience, fallback),
      circuitBreaker: {
        maxParallelRequests: resilience.maxParallelRequests,
        maxPendingRequests: resilience.maxPendingRequests,
        maxParallelRetries: Math.max(1, Math.floor(resilience.maxParallelRequests / 8)),
      },
      healthCheck: {
        panicThreshold: 0,
        passive: {
          consecutive5XxErrors: resilience.failuresToEject,
          consecutiveGatewayErrors: resilience.failuresToEject,
          interval: '1s',
          baseEjectionTime: gatewayDuration(resilience.ejectionTime),
          maxEjectionPercent: fallback ? 100 : 50,
        },
      },
      loadBalancer: { type: 'LeastRequest' },
      requestBuffer: { limit: `${props.maxRequestBody.toKibibytes()}Ki` },
      rateLimit: rateLimit(props.limits),
    },
  };
}

/** Every trigger that a dead, hanging or cutting model can show; a model that refuses on purpose (429) is not asked again. */
function retry(resilience: Resilience, fallback: boolean): IRetry | undefined {
  if (resilience.retries === 0) return undefined;
  return {
    numRetries: resilience.retries,
    numAttemptsPerPriority: fallback ? 1 : undefined,
    retryOn: {
      httpStatusCodes: fallback ? [500, 502, 503, 504] : [502, 503, 504],
      triggers: ['connect-failure', 'reset', 'refused-stream', 'retriable-status-codes'],
    },
    perRetry: {
      timeout: gatewayDuration(resilience.tryTimeout),
      backOff: { baseInterval: gatewayDuration(Duration.millis(25)), maxInterval: gatewayDuration(MAX_BACK_OFF) },
    },
  };
}

/** The shared counters keep the limit; where they cannot be reached, each proxy by itself keeps twice of it. */
function rateLimit({ requestsPerMinute }: RateLimit): IRateLimitSpec | undefined {
  if (requestsPerMinute === undefined) return undefined;
  const perTenant = { headers: [{ name: GatewayHeader.tenant, type: 'Distinct' as const }] };
  const rules = (requests: number) => [{ clientSelectors: [perTenant], limit: { requests, unit: 'Minute' as const } }];
  return { global: { rules: rules(requestsPerMinute) }, local: { rules: rules(2 * requestsPerMinute) } };
}
