import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import { countBetween, dnsLabel, matches, requireNone, unique } from '../core/validate';
import { admissionRules } from './private/admission-rules';
import { NamespacesChart } from './private/namespaces-chart';
import { PoliciesChart } from './private/policies-chart';

/** Properties for `ClusterPolicies`. */
export interface ClusterPoliciesProps {
  /** Cluster that is governed. */
  readonly cluster: ICluster;

  /** Registries that images of models may come from, as host names, for example `123456789012.dkr.ecr.eu-west-1.amazonaws.com`. 1 to 10. */
  readonly registries: readonly string[];

  /**
   * Namespaces of models; made here.
   *
   * @default ['models']
   */
  readonly workloadNamespaces?: readonly string[];

  /**
   * Namespaces of what serves the models, made here: controllers, proxies, gateways.
   *
   * @default ['gateway', 'envoy-gateway-system']
   */
  readonly systemNamespaces?: readonly string[];
}

/**
 * What may run in the cluster: admission policies, namespaces with Pod Security, default-deny network policies.
 *
 * Model namespaces admit only images pinned by digest from the named registries, with requests and limits, a read-only root, a
 * service account of their own and no API token. Nothing of ours reaches its node or opens a load balancer of its own. Network
 * policies hold on nodes that ask for them (`GeneralNodePool`, `GpuNodePool`), once they are switched on (`NetworkEnforcement`,
 * part of `InferenceCluster`). Policies come first, then namespaces: deploy what they govern after them (`node.addDependency`).
 * Costs nothing.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class ClusterPolicies extends Construct {
  /** Admission policies and their bindings. */
  public readonly policies: PoliciesChart;

  /** Namespaces and their network policies. */
  public readonly namespaces: NamespacesChart;

  /** @throws PlatformError `CountOutOfRange`, `DuplicateValue`, `InvalidFormat`, `InvalidName` */
  constructor(scope: Construct, id: string, props: ClusterPoliciesProps) {
    super(scope, id);
    const {
      cluster,
      registries,
      workloadNamespaces = ['models'],
      systemNamespaces = ['gateway', 'envoy-gateway-system'],
    } = props;
    const namespaces = [...workloadNamespaces, ...systemNamespaces];
    requireNone(
      this,
      countBetween('registries', registries.length, 1, 10, 'registries'),
      ...registries.map((host) => matches('registries', host, /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/, 'a host name')),
      ...namespaces.map((name) => dnsLabel('namespaces', name, 63)),
      unique('namespaces', namespaces),
    );

    this.policies = new PoliciesChart(new App(), 'policies', admissionRules(registries));
    this.namespaces = new NamespacesChart(new App(), 'namespaces', {
      workloadNamespaces,
      systemNamespaces,
    });
    const first = this.release('Policies', cluster, this.policies, 'policies');
    const second = this.release('Namespaces', cluster, this.namespaces, 'namespaces');
    second.node.addDependency(first);
  }

  private release(id: string, cluster: ICluster, chart: PoliciesChart | NamespacesChart, releaseName: string) {
    return new ChartRelease(this, id, { cluster, chart, releaseName, namespace: 'kube-system' });
  }
}
