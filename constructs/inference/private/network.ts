import { kplus } from '../../core/kubernetes';

const { IntOrString } = kplus.k8s;

/** Who may connect to the pods of a model. */
export interface ModelIngress {
  /**
   * Namespaces whose pods may call the model: where the proxies of the gateway run.
   *
   * @default ['gateway']
   */
  readonly callers?: readonly string[];

  /**
   * Namespaces whose pods may read the metrics.
   *
   * @default ['amazon-cloudwatch']
   */
  readonly scrapers?: readonly string[];

  /**
   * Address ranges that may read the metrics: the subnets of a managed scraper, which is no pod. Metrics and requests share a
   * port, so this opens the requests to these ranges too.
   *
   * @default - none
   */
  readonly scraperRanges?: readonly string[];
}

/** Addresses inside a VPC: where the cluster's resolver is, and where a model has no business otherwise. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
const LINK_LOCAL = '169.254.0.0/16';

/** @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
const POD_IDENTITY_AGENT = '169.254.170.23/32';

/** Callers and scrapers on the one port, nobody else. */
export function ingressRules(ingress: Required<ModelIngress>, port: number): kplus.k8s.NetworkPolicyIngressRule[] {
  const namespaces = [...new Set([...ingress.callers, ...ingress.scrapers])];
  return [
    {
      ports: [tcp(port)],
      from: [
        ...namespaces.map((name) => ({
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        })),
        ...ingress.scraperRanges.map((cidr) => ({ ipBlock: { cidr } })),
      ],
    },
  ];
}

/**
 * Name resolution, credentials, and public addresses on 443, which is how S3 is reached through a gateway endpoint. On Auto
 * Mode the resolver is no pod, so it cannot be named by a selector.
 */
export function egressRules(): kplus.k8s.NetworkPolicyEgressRule[] {
  const udp = { protocol: 'UDP', port: IntOrString.fromNumber(53) };
  return [
    { ports: [udp, tcp(53)], to: [...PRIVATE, LINK_LOCAL].map((cidr) => ({ ipBlock: { cidr } })) },
    { ports: [tcp(80)], to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT } }] },
    { ports: [tcp(443)], to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [...PRIVATE, LINK_LOCAL] } }] },
  ];
}

function tcp(port: number): kplus.k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: IntOrString.fromNumber(port) };
}
