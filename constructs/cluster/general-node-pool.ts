import { Duration } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { integer, requireNone } from '../core/validate';
import type { IInferenceCluster } from './inference-cluster';
import { definePool, poolProblems, seconds } from './private/node-pool';
import type { NodePoolChart } from './private/node-pool-chart';

/** Properties for `GeneralNodePool`. */
export interface GeneralNodePoolProps {
  /** Cluster that gets the nodes. */
  readonly cluster: IInferenceCluster;

  /**
   * CPUs at most over all nodes of the pool, 4 to 2000. Pods beyond it wait.
   *
   * @default 64
   */
  readonly maxCpus?: number;

  /**
   * Name of the pool: 2 to 39 lower-case letters, digits or hyphens, not one that Auto Mode keeps for itself.
   *
   * @default 'general'
   */
  readonly poolName?: string;

  /**
   * Local disk for images, in GiB, 50 to 4000.
   *
   * @default 80
   */
  readonly diskGiB?: number;

  /**
   * Key that encrypts the disks.
   *
   * @default - the key of the cluster; without one, the account's default key of EBS
   */
  readonly diskKey?: IKey;
}

/**
 * CPU nodes of an Auto Mode cluster, for controllers, proxies and models without GPUs.
 *
 * Takes the place of Auto Mode's own `general-purpose` pool, whose NodeClass neither enforces network policies nor encrypts
 * with a customer key. Defines a NodePool and a NodeClass in one Helm release, a role of the nodes and its access entry.
 * On-demand instances of the families c, m and r from their fifth generation on; underused nodes are consolidated, a tenth of
 * them at a time. Costs what runs: two to three small nodes, 120 to 220 USD per month, in a platform without models.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
 */
export class GeneralNodePool extends Construct {
  /** The rendered objects, for escape hatches. */
  public readonly chart: NodePoolChart;

  /** Name of the pool; the label `groundplane.dev/pool` of its nodes. */
  public readonly poolName: string;

  /** Role of the nodes. */
  public readonly nodeRole: IRole;

  /** @throws PlatformError `InvalidName`, `ReservedName`, `IntegerOutOfRange` */
  constructor(scope: Construct, id: string, props: GeneralNodePoolProps) {
    super(scope, id);
    const { cluster, maxCpus = 64, poolName = 'general', diskGiB = 80, diskKey = cluster.encryptionKey } = props;
    const times = {
      consolidateAfter: Duration.minutes(5),
      terminationGracePeriod: Duration.hours(1),
      expireAfter: Duration.days(14),
    };
    requireNone(this, ...poolProblems({ poolName, diskGiB, ...times }), integer('maxCpus', maxCpus, 4, 2000, 'CPUs'));

    this.poolName = poolName;
    const { role, chart } = definePool(this, {
      cluster,
      poolName,
      diskKey,
      disk: { sizeGiB: diskGiB, iops: 3000, throughput: 125 },
      limits: { cpu: String(maxCpus) },
      disruption: {
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        consolidateAfter: seconds(times.consolidateAfter),
        budgets: [{ nodes: '10%' }],
      },
      expireAfter: seconds(times.expireAfter),
      terminationGracePeriod: seconds(times.terminationGracePeriod),
      taints: undefined,
      requirements: [
        { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
        { key: 'eks.amazonaws.com/instance-category', operator: 'In', values: ['c', 'm', 'r'] },
        { key: 'eks.amazonaws.com/instance-generation', operator: 'Gt', values: ['4'] },
        { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
      ],
    });
    this.nodeRole = role;
    this.chart = chart;
  }
}
