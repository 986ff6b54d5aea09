import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { kplus } from '../../core/kubernetes';

type Peer = kplus.k8s.NetworkPolicyPeer;
type Port = kplus.k8s.NetworkPolicyPort;

/** Label of the proxies of a gateway, whatever its value. */
const PROXIES: Peer = { podSelector: { matchExpressions: [{ key: 'groundplane.dev/proxy', operator: 'Exists' }] } };
const RATE_LIMIT = { 'app.kubernetes.io/name': 'envoy-ratelimit' };
const CONTROLLER = { 'app.kubernetes.io/name': 'gateway-helm' };
const METRICS: Peer = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'amazon-cloudwatch' } } };

/** Addresses inside a network: where the resolver, the API server and the counters are. */
const PRIVATE: Peer[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map((cidr) => ({
  ipBlock: { cidr },
}));

/**
 * Who may talk to the controller and the rate limit service in their closed namespace, and to whom they may talk.
 *
 * The API server is no pod and has no fixed address: it is allowed by port.
 */
export class ControllerNetworkChart extends Chart {
  constructor(scope: Construct, id: string, props: { readonly namespace: string; readonly counterPort: number }) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    this.allow('envoy-gateway', CONTROLLER, {
      ingress: [
        { from: [PROXIES, { podSelector: { matchLabels: RATE_LIMIT } }], ports: tcp(18_000, 18_001, 18_002) },
        { ports: tcp(9443) },
        { from: [METRICS], ports: tcp(19_001) },
      ],
      egress: [names(), { ports: tcp(443) }],
    });
    this.allow('envoy-ratelimit', RATE_LIMIT, {
      ingress: [
        { from: [PROXIES], ports: tcp(8081) },
        { from: [METRICS], ports: tcp(19_001) },
      ],
      egress: [
        names(),
        { to: [{ podSelector: { matchLabels: CONTROLLER } }], ports: tcp(18_001) },
        { to: PRIVATE, ports: tcp(props.counterPort) },
      ],
    });
    this.allow('certgen', { app: 'certgen' }, { egress: [names(), { ports: tcp(443) }] });
  }

  private allow(
    name: string,
    matchLabels: Record<string, string>,
    rules: Pick<kplus.k8s.NetworkPolicySpec, 'ingress' | 'egress'>,
  ): void {
    new kplus.k8s.KubeNetworkPolicy(this, name, {
      metadata: { name: `${name}-controller` },
      spec: { podSelector: { matchLabels }, policyTypes: ['Ingress', 'Egress'], ...rules },
    });
  }
}

/** Name resolution. On Auto Mode the resolver is no pod, so it cannot be named by a selector. */
function names(): kplus.k8s.NetworkPolicyEgressRule {
  const ports: Port[] = [...tcp(53), { protocol: 'UDP', port: kplus.k8s.IntOrString.fromNumber(53) }];
  return { to: [...PRIVATE, { ipBlock: { cidr: '169.254.0.0/16' } }], ports };
}

function tcp(...ports: number[]): Port[] {
  return ports.map((port) => ({ protocol: 'TCP', port: kplus.k8s.IntOrString.fromNumber(port) }));
}
