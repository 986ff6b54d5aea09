import { type ICluster, KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import { dnsLabel, requireNone, unique } from '../core/validate';
import { OpenNamespacesChart } from './private/open-namespaces-chart';

/** Properties for `NetworkEnforcement`. */
export interface NetworkEnforcementProps {
  /** Cluster with EKS Auto Mode. */
  readonly cluster: ICluster;

  /**
   * Namespaces that exist and whose pods may talk to anybody: the add-ons of EKS, which bring no network policies.
   *
   * @default ['kube-system']
   */
  readonly openNamespaces?: readonly string[];

  /**
   * The same for namespaces that are made here, before the add-on that they are for.
   *
   * @default - none
   */
  readonly newNamespaces?: readonly string[];
}

/**
 * Switches the network policies of an Auto Mode cluster on, and lets the add-ons of EKS talk.
 *
 * Without it the nodes of `GeneralNodePool` and `GpuNodePool` let nothing through. `InferenceCluster` has it already: use it for
 * a cluster that you have. Costs nothing.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
 */
export class NetworkEnforcement extends Construct {
  /** Namespaces and network policies. */
  public readonly chart: OpenNamespacesChart;

  /** @throws PlatformError `InvalidName`, `DuplicateValue` */
  constructor(scope: Construct, id: string, props: NetworkEnforcementProps) {
    super(scope, id);
    const { cluster, openNamespaces = ['kube-system'], newNamespaces = [] } = props;
    const namespaces = [...openNamespaces, ...newNamespaces];
    requireNone(
      this,
      ...namespaces.map((name) => dnsLabel('openNamespaces', name, 63)),
      unique('openNamespaces', namespaces),
    );

    this.chart = new OpenNamespacesChart(new App(), 'network-enforcement', { openNamespaces, newNamespaces });
    new ChartRelease(this, 'Release', {
      cluster,
      chart: this.chart,
      releaseName: 'network-enforcement',
      namespace: 'kube-system',
    });
    // Not part of the release: where EKS has made this ConfigMap already, Helm would refuse to take it over.
    new KubernetesManifest(this, 'Controller', {
      cluster,
      overwrite: true,
      prune: false,
      manifest: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
          data: { 'enable-network-policy-controller': 'true' },
        },
      ],
    });
  }
}
