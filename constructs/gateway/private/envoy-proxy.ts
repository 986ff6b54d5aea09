import type { IEnvoyProxy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/EnvoyProxy';
import type { IKubernetesDeploymentSpec } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/KubernetesDeploymentSpec';
import type { Duration } from 'aws-cdk-lib';
import { GatewayHeader } from '../headers';
import type { DelayedShutdown } from './lagging-types';
import { ENVOY_GROUP, gatewayDuration } from './names';

/** How the proxies of a gateway run. */
export interface EnvoyProxyProps {
  readonly name: string;
  readonly namespace: string;
  /** Name of the Service and of the Deployment of the proxies. */
  readonly serviceName: string;
  readonly replicas: number;
  /** Proxy image pinned by digest; the controller's own if absent. */
  readonly image?: string;
  /** Longest time that a proxy waits for its open answers when it goes away. */
  readonly drainTimeout: Duration;
}

/** One line per request. No query string, no header of the caller, no body: they can hold prompts and secrets. */
const ACCESS_LOG = {
  time: '%START_TIME%',
  answer: `%REQ(${GatewayHeader.answer})%`,
  tenant: `%REQ(${GatewayHeader.tenant})%`,
  tenant_class: `%REQ(${GatewayHeader.tenantClass})%`,
  client: `%REQ(${GatewayHeader.client})%`,
  route: '%ROUTE_NAME%',
  model: `%RESP(${GatewayHeader.model})%`,
  model_version: `%RESP(${GatewayHeader.modelVersion})%`,
  method: '%REQ(:METHOD)%',
  path: '%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  status: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  reason: '%RESPONSE_CODE_DETAILS%',
  tries: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  bytes_in: '%BYTES_RECEIVED%',
  bytes_out: '%BYTES_SENT%',
  ms: '%DURATION%',
  first_byte_ms: '%RESPONSE_DURATION%',
  upstream: '%UPSTREAM_HOST%',
};

/** The proxies: filter order, access log, drain, and Pods that run with the least they need. */
export function envoyProxy(props: EnvoyProxyProps): IEnvoyProxy {
  const shutdown: DelayedShutdown = {
    drainTimeout: gatewayDuration(props.drainTimeout),
    minDrainDuration: '30s',
  };
  return {
    apiVersion: `${ENVOY_GROUP}/v1alpha1`,
    kind: 'EnvoyProxy',
    metadata: { name: props.name, namespace: props.namespace },
    spec: {
      // A refused request must neither be charged nor seen by external authorisation with a forged tenant.
      filterOrder: [{ name: 'envoy.filters.http.ext_authz', after: 'envoy.filters.http.ratelimit' }],
      shutdown,
      logging: { level: { default: 'warn' } },
      telemetry: {
        accessLog: {
          settings: [
            {
              format: { type: 'JSON', json: ACCESS_LOG },
              sinks: [{ type: 'File', file: { path: '/dev/stdout' } }],
            },
          ],
        },
        metrics: { prometheus: {}, enablePerEndpointStats: true },
      },
      provider: {
        type: 'Kubernetes',
        kubernetes: {
          envoyService: { name: props.serviceName, type: 'ClusterIP' },
          envoyDeployment: deployment(props),
          envoyPDB: { maxUnavailable: 1 },
        },
      },
    },
  };
}

function deployment({ serviceName, replicas, image }: EnvoyProxyProps): IKubernetesDeploymentSpec {
  const selector = { matchLabels: { 'groundplane.dev/proxy': serviceName } };
  return {
    name: serviceName,
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    pod: {
      labels: selector.matchLabels,
      securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: selector, topologyKey: 'kubernetes.io/hostname' },
          ],
        },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: selector,
        },
      ],
    },
    container: {
      image,
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '512Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  };
}
