import type { Duration } from 'aws-cdk-lib';

/** API groups of the custom resources. */
export const GATEWAY_GROUP = 'gateway.networking.k8s.io';
/** Group of Envoy Gateway's custom resources. */
export const ENVOY_GROUP = 'gateway.envoyproxy.io';
/** Controller that reads our GatewayClass. */
export const CONTROLLER = 'gateway.envoyproxy.io/gatewayclass-controller';

/** A duration as Gateway API writes it: `1500ms`, `30s`. */
export function gatewayDuration(value: Duration): string {
  const millis = value.toMilliseconds();
  return millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`;
}
