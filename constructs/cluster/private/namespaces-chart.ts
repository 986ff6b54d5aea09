import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { kplus } from '../../core/kubernetes';
import type { Tier } from './admission-rules';
import { TIER_LABEL } from './policies-chart';

/** Values of a `NamespacesChart`; all final. */
export interface NamespacesChartProps {
  readonly workloadNamespaces: readonly string[];
  readonly systemNamespaces: readonly string[];
}

/** Namespaces with Pod Security and a network policy that denies by default. */
export class NamespacesChart extends Chart {
  constructor(scope: Construct, id: string, props: NamespacesChartProps) {
    super(scope, id, { disableResourceNameHashes: true });
    for (const name of props.workloadNamespaces) this.addNamespace(name, 'workload', 'restricted');
    for (const name of props.systemNamespaces) this.addNamespace(name, 'system', 'baseline');
  }

  private addNamespace(name: string, tier: Tier, level: 'baseline' | 'restricted'): void {
    const labels = {
      [TIER_LABEL]: tier,
      'pod-security.kubernetes.io/enforce': level,
      'pod-security.kubernetes.io/enforce-version': 'v1.36',
      'pod-security.kubernetes.io/warn': 'restricted',
    };
    new kplus.k8s.KubeNamespace(this, `Namespace-${name}`, { metadata: { name, labels } });
    new kplus.k8s.KubeNetworkPolicy(this, `DefaultDeny-${name}`, {
      metadata: { name: 'platform-default-deny', namespace: name },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}
