import type { IConstruct } from 'constructs';
import { acknowledgeFinding } from '../../core/permission-ledger';

const REVIEW = '2027-05-31';

/** AWS managed policies that EKS Auto Mode asks for on the role of its cluster. */
const CLUSTER_POLICIES = [
  'AmazonEKSClusterPolicy',
  'AmazonEKSComputePolicy',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];

/** Enters what only EKS and CDK can change on a cluster in the ledger. */
export function acknowledgeCluster(cluster: IConstruct): void {
  for (const name of CLUSTER_POLICIES) {
    acknowledgeFinding(cluster, {
      rule: managed(name),
      reason:
        'EKS Auto Mode requires this AWS managed policy on the cluster role; it is scoped by tags of the cluster.',
      expires: REVIEW,
    });
  }
  acknowledgeFinding(cluster, {
    rule: 'CloudFormation-Validate::W9009',
    reason: "CDK's cluster still names what the key encrypts; EKS encrypts everything with it either way.",
    expires: REVIEW,
  });
}

/** Enters the managed policies of nodes in the ledger: the smallest that AWS offers for joining and pulling. */
export function acknowledgeNodePolicies(role: IConstruct): void {
  for (const name of ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly']) {
    acknowledgeFinding(role, {
      rule: managed(name),
      reason: 'The smallest AWS managed policy for nodes of Auto Mode.',
      expires: REVIEW,
    });
  }
}

function managed(name: string): string {
  return `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`;
}
