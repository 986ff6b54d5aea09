import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import { countBetween, dnsLabel, requireNone, unique } from '../core/validate';
import { podRules } from './private/admission-rules';
import { NamespacesChart, PoliciesChart } from './private/policies-chart';

/** Properties for `ClusterPolicies`. */
export interface ClusterPoliciesProps {
  /** Cluster that is governed. */
  readonly cluster: ICluster;

  /** Registries that images may come from, as host names, for example `123456789012.dkr.ecr.eu-west-1.amazonaws.com`. 1 to 10. */
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
 * What may run in the cluster: namespaces with Pod Security, default-deny network policies, and admission policies.
 *
 * Workload namespaces admit only images pinned by digest from the named registries, with memory limits, a read-only root, a
 * service account of their own and no API token; Services there stay inside the cluster. Network policies are enforced on Auto
 * Mode because of the ConfigMap defined here and a NodeClass that asks for it. Two Helm releases, namespaces first: deploy what
 * they govern after them (`node.addDependency`). Costs nothing.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class ClusterPolicies extends Construct {
  /** Namespaces, network policies, and the switch that makes them hold. */
  public readonly namespaces: NamespacesChart;

  /** Admission policies and their bindings. */
  public readonly policies: PoliciesChart;

  /** @throws PlatformError `CountOutOfRange`, `DuplicateValue`, `InvalidName` */
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
      ...namespaces.map((name) => dnsLabel('namespaces', name, 63)),
      unique('namespaces', namespaces),
    );

    const values = { workloadNamespaces, systemNamespaces, rules: podRules(registryPattern(registries)) };
    this.namespaces = new NamespacesChart(new App(), 'namespaces', values);
    this.policies = new PoliciesChart(new App(), 'policies', values);
    const first = new ChartRelease(this, 'Namespaces', {
      cluster,
      chart: this.namespaces,
      releaseName: 'namespaces',
      namespace: 'kube-system',
    });
    const second = new ChartRelease(this, 'Policies', {
      cluster,
      chart: this.policies,
      releaseName: 'policies',
      namespace: 'kube-system',
    });
    second.node.addDependency(first);
  }
}

function registryPattern(registries: readonly string[]): string {
  const hosts = registries.map((host) => host.replaceAll('.', '[.]')).join('|');
  return `^(${hosts})/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$`;
}
