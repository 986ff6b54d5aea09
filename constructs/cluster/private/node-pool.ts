import { Annotations, type Duration, Stack } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks-v2';
import { ManagedPolicy, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { App } from 'cdk8s';
import type { Construct } from 'constructs';
import { ChartRelease } from '../../core/chart-release';
import type { Problem } from '../../core/errors';
import { dnsLabel, duration, integer, when } from '../../core/validate';
import type { IInferenceCluster } from '../inference-cluster';
import { acknowledgeNodePolicies } from './cluster-permissions';
import { NodePoolChart, type NodePoolChartProps } from './node-pool-chart';

/** What every pool is made of besides its own values. */
export interface PoolProps
  extends Omit<NodePoolChartProps, 'nodeRoleName' | 'securityGroupId' | 'subnetIds' | 'diskKeyArn'> {
  readonly cluster: IInferenceCluster;
  readonly poolName: string;
  readonly diskKey: IKey | undefined;
}

/** A role for nodes: join the cluster and pull images, nothing else. */
export function createNodeRole(scope: Construct, id: string): Role {
  const role = new Role(scope, id, {
    description: 'Nodes of the inference cluster: join it and pull images, nothing else',
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    managedPolicies: ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'].map((name) =>
      ManagedPolicy.fromAwsManagedPolicyName(name),
    ),
  });
  acknowledgeNodePolicies(role);
  return role;
}

/** Defines in `scope` the role of the nodes, its access to the cluster, the use of the disk key, and the release. */
export function definePool(scope: Construct, props: PoolProps): { role: Role; chart: NodePoolChart } {
  const { cluster, poolName, diskKey, ...values } = props;
  const role = createNodeRole(scope, 'NodeRole');
  const access = new CfnAccessEntry(scope, 'NodeAccess', {
    clusterName: cluster.cluster.clusterName,
    principalArn: role.roleArn,
    type: 'EC2',
    accessPolicies: [
      {
        policyArn: `arn:${Stack.of(scope).partition}:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy`,
        accessScope: { type: 'cluster' },
      },
    ],
  });
  const chart = new NodePoolChart(new App(), poolName, {
    ...values,
    nodeRoleName: role.roleName,
    securityGroupId: cluster.securityGroup.securityGroupId,
    subnetIds: cluster.vpc.privateSubnets.map((subnet) => subnet.subnetId),
    diskKeyArn: diskKey?.keyArn,
  });
  const release = new ChartRelease(scope, 'Release', {
    cluster: cluster.cluster,
    chart,
    releaseName: `pool-${poolName}`,
    namespace: 'kube-system',
  });
  release.node.addDependency(access);
  if (diskKey) allowDiskKey(scope, cluster, diskKey);
  return { role, chart };
}

/**
 * Lets the role of the cluster encrypt disks of nodes with `key`: a policy in the stack of the pool, so that a pool may live in
 * another stack than its cluster.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/auto-kms.html
 */
function allowDiskKey(scope: Construct, { role }: IInferenceCluster, key: IKey): void {
  if (!role) {
    Annotations.of(scope).addWarningV2(
      'groundplane:diskKeyNotGranted',
      `The role of the cluster is not known: let it use ${key.node.path} for disks, or no node starts.`,
    );
    return;
  }
  new Policy(scope, 'DiskKeyUse', {
    roles: [role],
    statements: [
      new PolicyStatement({
        actions: [
          'kms:Decrypt',
          'kms:DescribeKey',
          'kms:Encrypt',
          'kms:GenerateDataKey',
          'kms:GenerateDataKeyWithoutPlaintext',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
        ],
        resources: [key.keyArn],
      }),
      new PolicyStatement({
        actions: ['kms:CreateGrant'],
        resources: [key.keyArn],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': true } },
      }),
    ],
  });
}

/** Problems of the values that every pool has. */
export function poolProblems(props: {
  readonly poolName: string;
  readonly diskGiB: number;
  readonly consolidateAfter: Duration;
  readonly terminationGracePeriod: Duration;
  readonly expireAfter: Duration;
}): Problem[][] {
  return [
    dnsLabel('poolName', props.poolName),
    when(
      ['default', 'system', 'general-purpose'].includes(props.poolName),
      'ReservedName',
      `'poolName' must not be a name that Auto Mode keeps for itself (default, system, general-purpose), got '${props.poolName}'; choose another name`,
    ),
    integer('diskGiB', props.diskGiB, 50, 4000, 'GiB'),
    duration('consolidateAfter', props.consolidateAfter, 30, 86_400),
    duration('terminationGracePeriod', props.terminationGracePeriod, 60, 172_800),
    duration('expireAfter', props.expireAfter, 86_400, 1_814_400),
  ];
}

/** A duration as Karpenter writes it. */
export function seconds(value: Duration): string {
  return `${value.toSeconds()}s`;
}
