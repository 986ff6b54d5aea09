import type { Construct } from 'constructs';
import { kplus } from '../../core/kubernetes';
import { PROXY_PORT } from '../headers';

type NetworkPolicySpec = kplus.k8s.NetworkPolicySpec;
type Port = kplus.k8s.NetworkPolicyPort;

/** Where the resolver can be: inside the network, or at the node. On Auto Mode it is no Pod. */
const RESOLVERS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'];

/** Port of a proxy's own metrics. */
const METRICS_PORT = 19_001;

/** Between whom the proxies of a gateway stand. */
export interface ProxyNetworkProps {
  /** Namespace of the Gateway. It runs no Pod. */
  readonly gatewayNamespace: string;
  /** Namespace of the proxies. */
  readonly proxyNamespace: string;
  /** Name of the proxies' Deployment. */
  readonly serviceName: string;
  /** Address ranges of the load balancer. */
  readonly loadBalancerCidrs: readonly string[];
  /** Address ranges of the metric scraper. */
  readonly scraperCidrs: readonly string[];
  /** Labels of the namespaces that hold models. */
  readonly workloadLabels: Readonly<Record<string, string>>;
}

/**
 * Closes the gateway's namespace, and lets the proxies be reached by the load balancer and the metric scraper alone and reach
 * their controller, the rate limit service, the models, DNS and the token issuer alone.
 */
export function proxyNetworkPolicies(scope: Construct, props: ProxyNetworkProps): void {
  new kplus.k8s.KubeNetworkPolicy(scope, 'DefaultDeny', {
    metadata: { name: 'default-deny', namespace: props.gatewayNamespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  new kplus.k8s.KubeNetworkPolicy(scope, 'Proxies', {
    metadata: { name: props.serviceName, namespace: props.proxyNamespace },
    spec: proxySpec(props),
  });
}

function proxySpec({
  loadBalancerCidrs,
  scraperCidrs,
  serviceName,
  workloadLabels,
}: ProxyNetworkProps): NetworkPolicySpec {
  return {
    podSelector: { matchLabels: { 'groundplane.dev/proxy': serviceName } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: ranges(loadBalancerCidrs), ports: tcp(PROXY_PORT) },
      // Without any peer a rule would let everybody in.
      ...(scraperCidrs.length > 0 ? [{ from: ranges(scraperCidrs), ports: tcp(METRICS_PORT) }] : []),
    ],
    egress: [
      { to: ranges(RESOLVERS), ports: [...tcp(53), { protocol: 'UDP', port: kplus.k8s.IntOrString.fromNumber(53) }] },
      { to: [podsOf('gateway-helm')], ports: tcp(18_000, 18_001, 18_002) },
      { to: [podsOf('envoy-ratelimit')], ports: tcp(8081) },
      { to: [{ namespaceSelector: { matchLabels: workloadLabels } }], ports: [{ protocol: 'TCP' }] },
      // The key set of the token issuer. Not the instance metadata service.
      { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }], ports: tcp(443) },
    ],
  };
}

function ranges(cidrs: readonly string[]): kplus.k8s.NetworkPolicyPeer[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

function podsOf(name: string): kplus.k8s.NetworkPolicyPeer {
  return { podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } };
}

function tcp(...ports: number[]): Port[] {
  return ports.map((port) => ({ protocol: 'TCP', port: kplus.k8s.IntOrString.fromNumber(port) }));
}
