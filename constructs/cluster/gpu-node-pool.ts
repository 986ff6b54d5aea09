import { Annotations, Duration } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { countBetween, integer, oneOf, requireNone, unique } from '../core/validate';
import type { IInferenceCluster } from './inference-cluster';
import { definePool, poolProblems, seconds } from './private/node-pool';
import type { NodePoolChart } from './private/node-pool-chart';

/**
 * GPU instance families that EKS Auto Mode has drivers for.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html
 */
export const GPU_FAMILIES = ['g5', 'g6', 'g6e', 'p4d', 'p4de', 'p5', 'p5e', 'p5en'] as const;

/** GPUs above which a pool warns: about 12,000 USD per month with the smallest instances. */
const MANY_GPUS = 16;

/** Properties for `GpuNodePool`. */
export interface GpuNodePoolProps {
  /** Cluster that gets the nodes. */
  readonly cluster: IInferenceCluster;

  /** GPUs at most over all nodes of the pool, 1 to 64. Pods beyond it wait. More than 16 warns. */
  readonly maxGpus: number;

  /**
   * Name of the pool: 2 to 39 lower-case letters, digits or hyphens, not one that Auto Mode keeps for itself. Model pods that
   * need GPUs select `gpu`.
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
   * Key that encrypts the disks.
   *
   * @default - the key of the cluster; without one, the account's default key of EBS
   */
  readonly diskKey?: IKey;

  /**
   * How long a node stays when nothing runs on it, 30 seconds to 24 hours. Longer costs more and spares loading a model again.
   *
   * @default Duration.minutes(10)
   */
  readonly consolidateAfter?: Duration;

  /**
   * How long the pods of a node that goes away may take to end, 1 minute to 48 hours. Longer than the longest answer.
   *
   * @default Duration.hours(1)
   */
  readonly terminationGracePeriod?: Duration;

  /**
   * Age at which a node is replaced by a patched one, 1 to 21 days, as Auto Mode allows.
   *
   * @default Duration.days(14)
   */
  readonly expireAfter?: Duration;
}

/**
 * GPU nodes of an Auto Mode cluster, from zero up to a limit.
 *
 * Defines a Karpenter NodePool and an EKS NodeClass (network policies enforced, default deny, disks encrypted) in one Helm
 * release, and a role of the nodes with its access entry. Nodes carry the taint `nvidia.com/gpu`. At most one node is disrupted
 * at a time, and only an empty one is consolidated. Costs nothing at zero nodes; one GPU that is always on costs about 590 USD
 * per month (`g6.xlarge`) or more. No MIG, no dynamic resource allocation, no AMI of yours: Auto Mode has none.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
 */
export class GpuNodePool extends Construct {
  /** The rendered objects, for escape hatches. */
  public readonly chart: NodePoolChart;

  /** Name of the pool; pods select it by the label `groundplane.dev/pool`. */
  public readonly poolName: string;

  /** Role of the nodes. */
  public readonly nodeRole: IRole;

  /** @throws PlatformError `InvalidName`, `ReservedName`, `IntegerOutOfRange`, `DurationOutOfRange`, `CountOutOfRange`, `UnknownValue`, `DuplicateValue` */
  constructor(scope: Construct, id: string, props: GpuNodePoolProps) {
    super(scope, id);
    const pool = {
      poolName: props.poolName ?? 'gpu',
      diskGiB: props.diskGiB ?? 200,
      consolidateAfter: props.consolidateAfter ?? Duration.minutes(10),
      terminationGracePeriod: props.terminationGracePeriod ?? Duration.hours(1),
      expireAfter: props.expireAfter ?? Duration.days(14),
    };
    const { cluster, maxGpus, families = ['g6', 'g6e'], spot = false, diskKey = cluster.encryptionKey } = props;
    requireNone(
      this,
      ...poolProblems(pool),
      integer('maxGpus', maxGpus, 1, 64, 'GPUs'),
      countBetween('families', families.length, 1, GPU_FAMILIES.length, 'instance families'),
      ...families.map((family) => oneOf('families', family, GPU_FAMILIES)),
      unique('families', families),
    );
    this.warn(spot, maxGpus);

    this.poolName = pool.poolName;
    const { role, chart } = definePool(this, {
      cluster,
      poolName: pool.poolName,
      diskKey,
      disk: { sizeGiB: pool.diskGiB, iops: 6000, throughput: 500 },
      limits: { 'nvidia.com/gpu': String(maxGpus) },
      disruption: {
        consolidationPolicy: 'WhenEmpty',
        consolidateAfter: seconds(pool.consolidateAfter),
        budgets: [{ nodes: '1' }],
      },
      expireAfter: seconds(pool.expireAfter),
      terminationGracePeriod: seconds(pool.terminationGracePeriod),
      taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
      requirements: [
        { key: 'karpenter.sh/capacity-type', operator: 'In', values: spot ? ['spot', 'on-demand'] : ['on-demand'] },
        { key: 'eks.amazonaws.com/instance-family', operator: 'In', values: [...families] },
        { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
      ],
    });
    this.nodeRole = role;
    this.chart = chart;
  }

  private warn(spot: boolean, maxGpus: number): void {
    if (spot) {
      Annotations.of(this).addWarningV2(
        'groundplane:spotGpus',
        'Interruptible GPUs end with two minutes of notice: streams are cut. Use them for batch.',
      );
    }
    if (maxGpus > MANY_GPUS) {
      Annotations.of(this).addWarningV2(
        'groundplane:manyGpus',
        `The pool may grow to ${maxGpus} GPUs, from about ${maxGpus * 590} USD per month when all of them run. Check quotas and budget.`,
      );
    }
  }
}
