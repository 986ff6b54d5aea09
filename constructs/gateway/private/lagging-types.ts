// What Envoy Gateway 1.9 has and its published types lack yet. Narrow on purpose: only the fields that are used here.
import type { IAuthorizationRule } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/AuthorizationRule';
import type { IHTTPClientTimeout } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/HTTPClientTimeout';
import type { IHTTPTimeout } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/HTTPTimeout';
import type { IShutdownConfig } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/ShutdownConfig';

/** An authorisation rule with a condition in CEL. */
export interface CelAuthorizationRule extends IAuthorizationRule {
  readonly cel: string;
}

/** Timeouts towards a model, with the longest silence of a stream. */
export interface StreamTimeout extends IHTTPTimeout {
  readonly streamIdleTimeout: string;
}

/** Timeouts towards a caller, with the longest wait for the headers. */
export interface HeaderTimeout extends IHTTPClientTimeout {
  readonly requestHeadersReceivedTimeout: string;
}

/** How a proxy goes away, with a pause in which the load balancer still counts on it. */
export interface DelayedShutdown extends IShutdownConfig {
  readonly healthCheckFailureDelay?: string;
}

/** `eks.amazonaws.com/v1 TargetGroupBinding` of EKS Auto Mode, as its documentation describes it. */
export interface TargetGroupBinding {
  readonly apiVersion: 'eks.amazonaws.com/v1';
  readonly kind: 'TargetGroupBinding';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly serviceRef: { readonly name: string; readonly port: number };
    readonly targetGroupARN: string;
    readonly targetType: 'ip';
  };
}
