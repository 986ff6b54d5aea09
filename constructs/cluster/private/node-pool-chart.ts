import type { INodePool } from '@kubernetes-models/karpenter/karpenter.sh/v1/NodePool';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { customResource } from '../../core/typed-object';

type NodePoolSpec = NonNullable<INodePool['spec']>;
type NodeSpec = NodePoolSpec['template']['spec'];

/** Values of a `NodePoolChart`; all final. */
export interface NodePoolChartProps {
  readonly nodeRoleName: string;
  readonly securityGroupId: string;
  readonly subnetIds: readonly string[];
  readonly disk: { readonly sizeGiB: number; readonly iops: number; readonly throughput: number };
  readonly diskKeyArn: string | undefined;
  readonly limits: NodePoolSpec['limits'];
  readonly disruption: NodePoolSpec['disruption'];
  readonly requirements: NodeSpec['requirements'];
  readonly taints: NodeSpec['taints'];
  readonly expireAfter: string;
  readonly terminationGracePeriod: string;
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
  };
}

/** NodeClass and NodePool of one pool, both of its name. */
export class NodePoolChart extends Chart {
  constructor(scope: Construct, poolName: string, props: NodePoolChartProps) {
    super(scope, poolName, { disableResourceNameHashes: true });
    customResource(this, 'NodeClass', nodeClass(poolName, props));
    customResource(this, 'NodePool', nodePool(poolName, props));
  }
}

function nodeClass(name: string, { disk, ...props }: NodePoolChartProps): NodeClass {
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
        size: `${disk.sizeGiB}Gi`,
        iops: disk.iops,
        throughput: disk.throughput,
        ...(props.diskKeyArn !== undefined && { kmsKeyID: props.diskKeyArn }),
      },
    },
  };
}

function nodePool(name: string, props: NodePoolChartProps): INodePool {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      limits: props.limits,
      disruption: props.disruption,
      template: {
        metadata: { labels: { 'groundplane.dev/pool': name } },
        spec: {
          nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name },
          expireAfter: props.expireAfter,
          terminationGracePeriod: props.terminationGracePeriod,
          ...(props.taints && { taints: props.taints }),
          requirements: props.requirements,
        },
      },
    },
  };
}
