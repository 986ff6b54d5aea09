import { CfnCondition, type CfnElement, Stack, Token } from 'aws-cdk-lib';
import type { Cluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IConstruct } from 'constructs';
import { acknowledgeFinding, acknowledgeWildcard } from '../../core/permission-ledger';

const REVIEW = '2027-05-31';

const managed = (name: string) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`;

/** Enters what the roles of EKS and of CDK's kubectl provider need, and nothing of ours can narrow, in the ledger. */
export function acknowledgeClusterPermissions(cluster: Cluster): void {
  for (const name of [
    'AmazonEKSClusterPolicy',
    'AmazonEKSComputePolicy',
    'AmazonEKSBlockStoragePolicy',
    'AmazonEKSLoadBalancingPolicy',
    'AmazonEKSNetworkingPolicy',
  ]) {
    acknowledgeFinding(cluster, {
      rule: managed(name),
      reason:
        'EKS Auto Mode requires this AWS managed policy on the cluster role; it is scoped by tags of the cluster.',
      expires: REVIEW,
    });
  }
  acknowledgeProvider(cluster);
}

/** Managed policies that nodes need: the smallest that AWS offers for joining and pulling. */
export function acknowledgeNodePolicies(role: IConstruct): void {
  for (const name of ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly']) {
    acknowledgeFinding(role, {
      rule: managed(name),
      reason: 'The smallest AWS managed policy for nodes of Auto Mode.',
      expires: REVIEW,
    });
  }
}

function acknowledgeProvider(cluster: Cluster): void {
  const provider = cluster.node.findChild('KubectlProvider');
  for (const name of [
    'service-role/AWSLambdaBasicExecutionRole',
    'service-role/AWSLambdaVPCAccessExecutionRole',
    'AmazonEC2ContainerRegistryReadOnly',
  ]) {
    acknowledgeFinding(provider, {
      rule: managed(name),
      reason: "Fixed by CDK's kubectl provider: logs, network interfaces, Helm charts from ECR.",
      expires: REVIEW,
    });
  }
  acknowledgeFinding(provider, {
    rule: 'AwsSolutions-L1',
    reason: "CDK's kubectl handler fixes its own Python runtime.",
    expires: REVIEW,
  });
  acknowledgeWildcard(provider, {
    wildcards: [
      'Action::s3:GetObject*',
      'Action::s3:GetBucket*',
      'Action::s3:List*',
      `Resource::${assetObjects(cluster)}`,
    ],
    reason:
      "CDK lets its kubectl handler read chart assets with the actions of a bucket's read grant; it writes nothing there.",
  });
  const handler = provider.node.findChild('Handler').node.defaultChild as CfnElement;
  acknowledgeWildcard(provider, {
    wildcards: [`Resource::<${logicalId(handler)}.Arn>:*`],
    reason: "CDK's provider framework may invoke every version of the one handler function.",
  });
  for (const condition of provider.node.findAll().filter((child) => child instanceof CfnCondition)) {
    const policy = {
      'Fn::Join': [
        '',
        ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly'],
      ],
    };
    acknowledgeFinding(provider, {
      rule: `AwsSolutions-IAM4[Policy::${JSON.stringify({ 'Fn::If': [logicalId(condition), policy, { Ref: 'AWS::NoValue' }] })}]`,
      reason: "Fixed by CDK's kubectl provider: Helm charts from the public ECR, where the partition has one.",
      expires: REVIEW,
    });
  }
}

function logicalId(element: CfnElement): string {
  return String(Stack.of(element).resolve(element.logicalId));
}

/** Objects of the bootstrap bucket, as cdk-nag writes their ARN. */
function assetObjects(scope: IConstruct): string {
  const { partition, account, region, synthesizer } = Stack.of(scope);
  const shown = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  const place = `${shown(account, 'AccountId')}-${shown(region, 'Region')}`;
  return `arn:${shown(partition, 'Partition')}:s3:::cdk-${synthesizer.bootstrapQualifier ?? 'hnb659fds'}-assets-${place}/*`;
}
