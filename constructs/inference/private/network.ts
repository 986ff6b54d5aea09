import { kplus } from '../../core/kubernetes';

const { IntOrString } = kplus.k8s;

/** Pods of another namespace. */
export interface PodPeer {
  /** Their namespace. */
  readonly namespace: string;

  /**
   * Label that they must have, whatever its value.
   *
   * @default - every pod of the namespace
   */
  readonly label?: string;
}

/** Who may connect to the pods of a model. */
export interface ModelIngress {
  /**
   * Pods that may call the model.
   *
   * @default - the proxies of the gateway, in `envoy-gateway-system`
   */
  readonly callers?: readonly PodPeer[];

  /**
   * Pods that may read the metrics.
   *
   * @default - none: a managed scraper is no pod, see `scraperRanges`
   */
  readonly scrapers?: readonly PodPeer[];

  /**
   * Address ranges that may read the metrics: the subnets of a managed scraper, which is no pod. Metrics and requests share a
   * port, so this opens the requests to these ranges too.
   *
   * @default - none
   */
  readonly scraperRanges?: readonly string[];
}

/** Who connects to a model of the platform. */
export const DEFAULT_INGRESS: Required<ModelIngress> = {
  callers: [{ namespace: 'envoy-gateway-system', label: 'groundplane.dev/proxy' }],
  scrapers: [],
  scraperRanges: [],
};

/** Addresses inside a VPC: where the cluster's resolver is, and where a model has no business otherwise. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
const LINK_LOCAL = '169.254.0.0/16';

/** @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
const POD_IDENTITY_AGENT = '169.254.170.23/32';

/** Callers and scrapers on the one port, nobody else. */
export function ingressRules(ingress: Required<ModelIngress>, port: number): kplus.k8s.NetworkPolicyIngressRule[] {
  return [
    {
      ports: [tcp(port)],
      from: [
        ...[...ingress.callers, ...ingress.scrapers].map(podPeer),
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

function podPeer({ namespace, label }: PodPeer): kplus.k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: label === undefined ? undefined : { matchExpressions: [{ key: label, operator: 'Exists' }] },
  };
}

function tcp(port: number): kplus.k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: IntOrString.fromNumber(port) };
}
