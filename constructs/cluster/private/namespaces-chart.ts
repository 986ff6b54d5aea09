import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { kplus } from '../../core/kubernetes';
import type { Tier } from './admission-rules';
import { TIER_LABEL } from './policies-chart';

/** Values of a `NamespacesChart`; all final. */
export interface NamespacesChartProps {
  readonly workloadNamespaces: readonly string[];
  readonly systemNamespaces: readonly string[];
  readonly openNamespaces: readonly string[];
}

/** Namespaces with Pod Security and network policies: closed for what is ours, open for what EKS runs. */
export class NamespacesChart extends Chart {
  constructor(scope: Construct, id: string, props: NamespacesChartProps) {
    super(scope, id, { disableResourceNameHashes: true });
    for (const name of props.workloadNamespaces) this.addNamespace(name, 'workload', 'restricted');
    for (const name of props.systemNamespaces) this.addNamespace(name, 'system', 'baseline');
    for (const name of props.openNamespaces) this.addOpenPolicy(name);
  }

  private addNamespace(name: string, tier: Tier, level: 'baseline' | 'restricted'): void {
    const labels = {
      [TIER_LABEL]: tier,
      'pod-security.kubernetes.io/enforce': level,
      'pod-security.kubernetes.io/enforce-version': 'v1.36',
      'pod-security.kubernetes.io/warn': 'restricted',
    };
    new kplus.k8s.KubeNamespace(this, `Namespace-${name}`, { metadata: { name, labels } });
    this.addNetworkPolicy(name, 'platform-default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  }

  /** The nodes deny what no policy allows; the add-ons of EKS bring no policies. */
  private addOpenPolicy(name: string): void {
    const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
    this.addNetworkPolicy(name, 'platform-add-ons', spec);
  }

  private addNetworkPolicy(namespace: string, name: string, spec: kplus.k8s.NetworkPolicySpec): void {
    new kplus.k8s.KubeNetworkPolicy(this, `${name}-${namespace}`, { metadata: { name, namespace }, spec });
  }
}
