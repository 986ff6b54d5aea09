import type { IClientTrafficPolicy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/ClientTrafficPolicy';
import { Duration } from 'aws-cdk-lib';
import { GatewayHeader, HEALTH_PATH } from '../headers';
import type { HeaderTimeout } from './lagging-types';
import { ENVOY_GROUP, GATEWAY_GROUP, gatewayDuration } from './names';

/** What a gateway accepts from its callers. */
export interface ClientPolicyProps {
  readonly name: string;
  readonly namespace: string;
  readonly gatewayName: string;
  /** Connections that one proxy holds at most. */
  readonly maxConnections: number;
  /** How long the edge keeps an idle connection; the gateway must keep it longer. */
  readonly edgeIdleTimeout: Duration;
}

/** Headers that identify a caller: dropped on arrival, set from the verified token alone. */
export const IDENTITY_HEADERS: readonly string[] = [
  GatewayHeader.tenant,
  GatewayHeader.tenantClass,
  GatewayHeader.client,
  GatewayHeader.model,
  GatewayHeader.modelVersion,
  'x-user',
  'x-budget-remaining',
  'x-budget-reservation',
];

const KEEP_ALIVE_MARGIN = Duration.seconds(30);

/** Limits and clean-up of what comes in, before anything else reads it. */
export function clientPolicy(props: ClientPolicyProps): IClientTrafficPolicy {
  const http: HeaderTimeout = {
    requestHeadersReceivedTimeout: '5s',
    requestReceivedTimeout: '60s',
    // Longer than the load balancer's: else it reuses a connection that the proxy is just closing, and answers 502.
    idleTimeout: gatewayDuration(props.edgeIdleTimeout.plus(KEEP_ALIVE_MARGIN)),
    streamIdleTimeout: gatewayDuration(props.edgeIdleTimeout.plus(KEEP_ALIVE_MARGIN)),
  };
  return {
    apiVersion: `${ENVOY_GROUP}/v1alpha1`,
    kind: 'ClientTrafficPolicy',
    metadata: { name: props.name, namespace: props.namespace },
    spec: {
      targetRefs: [{ group: GATEWAY_GROUP, kind: 'Gateway', name: props.gatewayName }],
      clientIPDetection: { xForwardedFor: { numTrustedHops: 1 } },
      headers: {
        // Envoy keeps a caller's request id behind a trusted proxy, whatever `requestID` says: drop it, so that one is made.
        earlyRequestHeaders: { remove: [...IDENTITY_HEADERS, GatewayHeader.answer] },
        lateResponseHeaders: {
          set: [{ name: GatewayHeader.answer, value: `%REQ(${GatewayHeader.answer})%` }],
          remove: ['server'],
        },
        requestID: 'Generate',
        withUnderscoresAction: 'RejectRequest',
      },
      path: { escapedSlashesAction: 'RejectRequest', disableMergeSlashes: false },
      healthCheck: { path: HEALTH_PATH },
      timeout: { http },
      connection: { bufferLimit: '64Ki', connectionLimit: { value: props.maxConnections, closeDelay: '1s' } },
      http2: { maxConcurrentStreams: 100, onInvalidMessage: 'TerminateConnection' },
    },
  };
}
