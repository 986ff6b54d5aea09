import type { INodePool } from '@kubernetes-models/karpenter/karpenter.sh/v1/NodePool';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { customResource } from '../../core/typed-object';

/** Values of a `GpuNodePoolChart`; all final. */
export interface GpuNodePoolChartProps {
  readonly nodeRoleName: string;
  readonly clusterName: string;
  readonly securityGroupId: string;
  readonly subnetIds: readonly string[];
  readonly maxGpus: number;
  readonly families: readonly string[];
  readonly capacityTypes: readonly string[];
  readonly diskGiB: number;
  readonly diskKeyArn: string | undefined;
}

/** NodeClass of EKS Auto Mode, as far as it is used here. AWS publishes no schema for it. */
interface NodeClass {
  readonly apiVersion: 'eks.amazonaws.com/v1';
  readonly kind: 'NodeClass';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly role: string;
    readonly subnetSelectorTerms: readonly { readonly id: string }[];
    readonly securityGroupSelectorTerms: readonly { readonly id: string }[];
    readonly networkPolicy: 'DefaultAllow' | 'DefaultDeny';
    readonly networkPolicyEventLogs: 'Enabled' | 'Disabled';
    readonly ephemeralStorage: {
      readonly size: string;
      readonly iops: number;
      readonly throughput: number;
      readonly kmsKeyID?: string;
    };
    readonly tags: Readonly<Record<string, string>>;
  };
}

/** NodeClass and NodePool of a `GpuNodePool`. */
export class GpuNodePoolChart extends Chart {
  constructor(scope: Construct, poolName: string, props: GpuNodePoolChartProps) {
    super(scope, poolName, { disableResourceNameHashes: true });
    customResource(this, 'NodeClass', this.nodeClass(poolName, props));
    customResource(this, 'NodePool', this.nodePool(poolName, props));
  }

  private nodeClass(name: string, props: GpuNodePoolChartProps): NodeClass {
    return {
      apiVersion: 'eks.amazonaws.com/v1',
      kind: 'NodeClass',
      metadata: { name },
      spec: {
        role: props.nodeRoleName,
        subnetSelectorTerms: props.subnetIds.map((id) => ({ id })),
        securityGroupSelectorTerms: [{ id: props.securityGroupId }],
        networkPolicy: 'DefaultDeny',
        networkPolicyEventLogs: 'Enabled',
        ephemeralStorage: {
          size: `${props.diskGiB}Gi`,
          iops: 6000,
          throughput: 500,
          ...(props.diskKeyArn && { kmsKeyID: props.diskKeyArn }),
        },
        tags: { 'groundplane.dev/cluster': props.clusterName, 'groundplane.dev/pool': name },
      },
    };
  }

  private nodePool(name: string, props: GpuNodePoolChartProps): INodePool {
    return {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name },
      spec: {
        limits: { 'nvidia.com/gpu': String(props.maxGpus) },
        disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '10m', budgets: [{ nodes: '1' }] },
        template: {
          metadata: { labels: { 'groundplane.dev/pool': name } },
          spec: {
            nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name },
            expireAfter: '336h',
            terminationGracePeriod: '1h',
            taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
            requirements: [
              { key: 'karpenter.sh/capacity-type', operator: 'In', values: [...props.capacityTypes] },
              { key: 'eks.amazonaws.com/instance-family', operator: 'In', values: [...props.families] },
              { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
            ],
          },
        },
      },
    };
  }
}
