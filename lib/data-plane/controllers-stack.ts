import type { Construct } from 'constructs';
import {
  ClusterControllers,
  ClusterPolicies,
  GpuNodePool,
  type InferenceCluster,
  type RateLimitAddress,
} from '../../constructs/cluster';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `ControllersStack`. */
export interface ControllersStackProps {
  readonly input: CellInput;
  /** The cluster of the cell. */
  readonly cluster: InferenceCluster;
  /** Counters that all proxies share. */
  readonly rateLimit: RateLimitAddress;
}

/** What governs and serves the workloads of a cell: namespaces and policies first, then controllers and node pools. */
export class ControllersStack extends PlatformStack {
  /** Namespaces and admission policies. */
  public readonly policies: ClusterPolicies;

  /** Envoy Gateway and its rate limit service. */
  public readonly controllers: ClusterControllers;

  constructor(scope: Construct, id: string, { input, cluster, rateLimit }: ControllersStackProps) {
    super(scope, id, {
      platform: input.contract.platform,
      stage: input.cell.name,
      place: input.names,
      description: 'Policies, controllers and node pools of the cluster',
      stateful: false,
      owner: input.config.owner,
    });
    const { controlPlane } = input.contract;
    this.policies = new ClusterPolicies(this, 'Policies', {
      cluster: cluster.cluster,
      registries: [`${controlPlane.account}.dkr.ecr.${controlPlane.region}.${this.urlSuffix}`],
    });
    this.controllers = new ClusterControllers(this, 'Controllers', { cluster: cluster.cluster, rateLimit });
    this.controllers.node.addDependency(this.policies);
    this.addGpuPool(input, cluster);
  }

  private addGpuPool({ config }: CellInput, cluster: InferenceCluster): void {
    const { gpuPool } = config.cluster;
    if (!gpuPool) return;
    const pool = new GpuNodePool(this, 'GpuPool', { cluster, nodeRole: cluster.nodeRole, ...gpuPool });
    pool.node.addDependency(this.policies);
  }
}
