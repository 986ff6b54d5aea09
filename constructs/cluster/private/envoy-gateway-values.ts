/** What the Helm chart of Envoy Gateway is told. */
export interface EnvoyGatewayValues {
  readonly replicas: number;
  readonly rateLimit: { readonly host: string; readonly port: number };
}

/** Kubernetes Secret and key that the token of the counters is synchronised to. */
export const RATE_LIMIT_TOKEN = { secret: 'rate-limit-token', key: 'token', volume: 'rate-limit-token' } as const;

/**
 * Values of `gateway-helm`: Backend resources on (fallback needs them), counters with TLS and token, small fixed sizes.
 *
 * `failClosed: false`: a rate limit service that cannot be reached lets requests pass uncounted, so that a broken counter
 * does not stop every model.
 */
export function envoyGatewayValues({ replicas, rateLimit }: EnvoyGatewayValues): Record<string, unknown> {
  return {
    crds: { enabled: true },
    deployment: {
      replicas,
      envoyGateway: { resources: RESOURCES },
      pod: { topologySpreadConstraints: spread({ 'control-plane': 'envoy-gateway' }) },
    },
    podDisruptionBudget: { maxUnavailable: 1 },
    certgen: { job: { resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } } } },
    config: {
      envoyGateway: {
        extensionApis: { enableBackend: true },
        rateLimit: {
          failClosed: false,
          backend: { type: 'Redis', redis: { url: `${rateLimit.host}:${rateLimit.port}`, tls: {} } },
        },
        provider: { type: 'Kubernetes', kubernetes: { rateLimitDeployment: rateLimitDeployment() } },
      },
    },
  };
}

const RESOURCES = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } };

function rateLimitDeployment(): Record<string, unknown> {
  const { secret, key, volume } = RATE_LIMIT_TOKEN;
  return {
    replicas: 2,
    container: {
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
      env: [{ name: 'REDIS_AUTH', valueFrom: { secretKeyRef: { name: secret, key } } }],
      volumeMounts: [{ name: volume, mountPath: '/mnt/token', readOnly: true }],
    },
    pod: {
      topologySpreadConstraints: spread({ 'app.kubernetes.io/name': 'envoy-ratelimit' }),
      volumes: [
        {
          name: volume,
          csi: {
            driver: 'secrets-store.csi.k8s.io',
            readOnly: true,
            volumeAttributes: { secretProviderClass: volume },
          },
        },
      ],
    },
  };
}

function spread(matchLabels: Readonly<Record<string, string>>): readonly Record<string, unknown>[] {
  return [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels },
    },
  ];
}
