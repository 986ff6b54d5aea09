import type { Construct } from 'constructs';
import {
  ClusterControllers,
  ClusterPolicies,
  type IInferenceCluster,
  type RateLimitAddress,
} from '../../constructs/cluster';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `ControllersStack`. */
export interface ControllersStackProps {
  /** Configuration and names of the cell. */
  readonly input: CellInput;
  /** The cluster of the cell. */
  readonly cluster: IInferenceCluster;
  /** Counters that all proxies share. */
  readonly rateLimit: RateLimitAddress;
}

/** What governs and serves the workloads of a cell: policies first, then namespaces, then controllers. */
export class ControllersStack extends PlatformStack {
  /** Admission policies and namespaces. */
  public readonly policies: ClusterPolicies;

  /** Envoy Gateway and its rate limit service. */
  public readonly controllers: ClusterControllers;

  constructor(scope: Construct, id: string, { input, cluster, rateLimit }: ControllersStackProps) {
    super(scope, id, {
      platform: input.contract.platform,
      stage: input.cell.name,
      place: input.names,
      description: 'Admission policies, namespaces and controllers of the cluster',
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
  }
}
