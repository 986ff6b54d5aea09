import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { kplus } from '../../core/kubernetes';

/** Values of an `OpenNamespacesChart`; all final. */
export interface OpenNamespacesChartProps {
  readonly openNamespaces: readonly string[];
  readonly newNamespaces: readonly string[];
}

/** Lets the pods of some namespaces talk: the nodes deny what no policy allows, and the add-ons of EKS bring none. */
export class OpenNamespacesChart extends Chart {
  constructor(scope: Construct, id: string, { openNamespaces, newNamespaces }: OpenNamespacesChartProps) {
    super(scope, id, { disableResourceNameHashes: true });
    for (const name of newNamespaces) new kplus.k8s.KubeNamespace(this, name, { metadata: { name } });
    for (const namespace of [...openNamespaces, ...newNamespaces]) {
      new kplus.k8s.KubeNetworkPolicy(this, `Open-${namespace}`, {
        metadata: { name: 'platform-add-ons', namespace },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] },
      });
    }
  }
}
