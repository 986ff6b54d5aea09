import { Annotations, Stack } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks-v2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import { dnsLabel, integer, oneOf, requireNone, unique, when } from '../core/validate';
import type { IInferenceCluster } from './inference-cluster';
import { GpuNodePoolChart } from './private/gpu-node-pool-chart';

/** GPU instance families that EKS Auto Mode has drivers for. */
export const GPU_FAMILIES = ['g5', 'g6', 'g6e', 'p4d', 'p4de', 'p5', 'p5e', 'p5en'] as const;

/** Properties for `GpuNodePool`. */
export interface GpuNodePoolProps {
  /** Cluster that gets the nodes. */
  readonly cluster: IInferenceCluster;

  /** Role of the nodes. The pool gives it access to the cluster. */
  readonly nodeRole: IRole;

  /** GPUs at most over all nodes of the pool, 1 to 64. Pods beyond it wait. */
  readonly maxGpus: number;

  /**
   * Name of the pool: 2 to 39 lower-case letters, digits or hyphens, not `default`.
   *
   * @default 'gpu'
   */
  readonly poolName?: string;

  /**
   * Instance families, of `GPU_FAMILIES`.
   *
   * @default ['g6', 'g6e']
   */
  readonly families?: readonly string[];

  /**
   * Whether interruptible capacity may be used: cheaper, and gone with two minutes' notice. Warns.
   *
   * @default false
   */
  readonly spot?: boolean;

  /**
   * Local disk for images and weights, in GiB, 50 to 4000.
   *
   * @default 200
   */
  readonly diskGiB?: number;

  /**
   * Key that encrypts the disks. Its policy must let the nodes' service use it.
   *
   * @default - the account's default key of EBS
   */
  readonly diskKey?: IKey;
}

/**
 * GPU nodes of an Auto Mode cluster, from zero up to a limit.
 *
 * Defines a Karpenter NodePool and an EKS NodeClass (network policies enforced, default deny) in one Helm release, and the
 * access entry of the node role. Nodes carry the taint `nvidia.com/gpu`. An empty node goes after ten minutes; at most one is
 * disrupted at a time. Costs nothing at zero nodes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
 */
export class GpuNodePool extends Construct {
  /** The rendered objects, for escape hatches. */
  public readonly chart: GpuNodePoolChart;

  /** Name of the pool; pods select it by the label `groundplane.dev/pool`. */
  public readonly poolName: string;

  /** @throws PlatformError `InvalidName`, `ReservedName`, `IntegerOutOfRange`, `UnknownValue`, `DuplicateValue` */
  constructor(scope: Construct, id: string, props: GpuNodePoolProps) {
    super(scope, id);
    const {
      cluster,
      nodeRole,
      maxGpus,
      poolName = 'gpu',
      families = ['g6', 'g6e'],
      spot = false,
      diskGiB = 200,
      diskKey,
    } = props;
    requireNone(
      this,
      dnsLabel('poolName', poolName),
      when(
        poolName === 'default',
        'ReservedName',
        "'poolName' must not be 'default', which Auto Mode keeps for itself; choose another name",
      ),
      integer('maxGpus', maxGpus, 1, 64, 'GPUs'),
      integer('diskGiB', diskGiB, 50, 4000, 'GiB'),
      when(families.length === 0, 'CountOutOfRange', "'families' must hold at least one instance family, got 0"),
      ...families.map((family) => oneOf('families', family, GPU_FAMILIES)),
      unique('families', families),
    );
    if (spot) {
      Annotations.of(this).addWarningV2(
        'groundplane:spotGpus',
        'Interruptible GPUs end with two minutes of notice: streams are cut. Use them for batch.',
      );
    }

    this.poolName = poolName;
    this.allowNodes(cluster, nodeRole);
    this.chart = new GpuNodePoolChart(new App(), poolName, {
      nodeRoleName: nodeRole.roleName,
      clusterName: cluster.cluster.clusterName,
      securityGroupId: cluster.securityGroup.securityGroupId,
      subnetIds: cluster.vpc.privateSubnets.map((subnet) => subnet.subnetId),
      maxGpus,
      families,
      capacityTypes: spot ? ['spot', 'on-demand'] : ['on-demand'],
      diskGiB,
      diskKeyArn: diskKey?.keyArn,
    });
    new ChartRelease(this, 'Release', {
      cluster: cluster.cluster,
      chart: this.chart,
      releaseName: `pool-${poolName}`,
      namespace: 'kube-system',
    });
  }

  private allowNodes(cluster: IInferenceCluster, nodeRole: IRole): void {
    new CfnAccessEntry(this, 'NodeAccess', {
      clusterName: cluster.cluster.clusterName,
      principalArn: nodeRole.roleArn,
      type: 'EC2',
      accessPolicies: [
        {
          policyArn: `arn:${Stack.of(this).partition}:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy`,
          accessScope: { type: 'cluster' },
        },
      ],
    });
  }
}
