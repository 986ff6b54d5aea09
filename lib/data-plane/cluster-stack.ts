import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { GpuNodePool, InferenceCluster } from '../../constructs/cluster';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `ClusterStack`. */
export interface ClusterStackProps {
  /** Configuration and names of the cell. */
  readonly input: CellInput;
  /** Network of the cell. */
  readonly vpc: IVpc;
}

/** The Kubernetes cluster of a cell and its node pools, without any manifest of a workload. */
export class ClusterStack extends PlatformStack {
  /** The cluster of the cell. */
  public readonly cluster: InferenceCluster;

  constructor(scope: Construct, id: string, { input, vpc }: ClusterStackProps) {
    super(scope, id, {
      platform: input.contract.platform,
      stage: input.cell.name,
      place: input.names,
      description: 'Kubernetes cluster of the cell',
      stateful: true,
      owner: input.config.owner,
    });
    const { administrators, maxCpus, gpuPool } = input.config.cluster;
    this.cluster = new InferenceCluster(this, 'Cluster', {
      vpc,
      clusterName: input.names.cluster,
      administrators,
      maxCpus,
    });
    if (gpuPool) new GpuNodePool(this, 'GpuPool', { cluster: this.cluster, ...gpuPool });
  }
}
