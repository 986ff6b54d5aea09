import { kplus } from '../../core/kubernetes';
import type { Construct } from 'constructs';
import { PROXY_PORT } from '../headers';

type NetworkPolicySpec = kplus.k8s.NetworkPolicySpec;
type Port = kplus.k8s.NetworkPolicyPort;

/** Between whom the proxies of a gateway stand. */
export interface ProxyNetworkProps {
  /** Namespace of the Gateway. It runs no Pod. */
  readonly gatewayNamespace: string;
  /** Namespace of the proxies. */
  readonly proxyNamespace: string;
  /** Name of the proxies' Deployment. */
  readonly serviceName: string;
  /** Address range of the load balancer. */
  readonly clientCidr: string;
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

function proxySpec({ clientCidr, serviceName, workloadLabels }: ProxyNetworkProps): NetworkPolicySpec {
  return {
    podSelector: { matchLabels: { 'groundplane.dev/proxy': serviceName } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ ipBlock: { cidr: clientCidr } }], ports: tcp(PROXY_PORT, 19_001, 19_003) }],
    egress: [
      { ports: [...tcp(53), { protocol: 'UDP', port: kplus.k8s.IntOrString.fromNumber(53) }] },
      { to: [podsOf('gateway-helm')], ports: tcp(18_000, 18_001, 18_002) },
      { to: [podsOf('envoy-ratelimit')], ports: tcp(8081) },
      { to: [{ namespaceSelector: { matchLabels: workloadLabels } }], ports: [{ protocol: 'TCP' }] },
      // The key set of the token issuer. Not the instance metadata service.
      { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }], ports: tcp(443) },
    ],
  };
}

function podsOf(name: string): kplus.k8s.NetworkPolicyPeer {
  return { podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } };
}

function tcp(...ports: number[]): Port[] {
  return ports.map((port) => ({ protocol: 'TCP', port: kplus.k8s.IntOrString.fromNumber(port) }));
}
