import type { CfnElement } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement, Role, ServicePrincipal, SessionTagsPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../core/permission-ledger';

/**
 * Role of the CloudWatch agent: the log groups and the metric namespaces of one cluster.
 *
 * The managed `CloudWatchAgentServerPolicy` may write every log group of the account; this one may not. Traces are not sent.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
 */
export function logAgentRole(scope: Construct, id: string, cluster: ICluster): Role {
  const { clusterName } = cluster;
  const { partition, region, account } = Stack.of(scope);
  const groups = ['containerinsights', 'application-signals'].map(
    (name) =>
      `arn:${partition}:logs:${region}:${account}:log-group:/aws/${name}/${name === 'containerinsights' ? `${clusterName}/` : ''}*`,
  );
  const role = new Role(scope, id, {
    description: 'CloudWatch agent of the cluster',
    assumedBy: new SessionTagsPrincipal(
      new ServicePrincipal('pods.eks.amazonaws.com').withConditions({
        StringEquals: {
          'aws:RequestTag/eks-cluster-arn': cluster.clusterArn,
          'aws:RequestTag/kubernetes-namespace': 'amazon-cloudwatch',
        },
      }),
    ),
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'logs:PutRetentionPolicy',
        'logs:DescribeLogStreams',
      ],
      resources: groups,
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': ['ContainerInsights', 'ApplicationSignals', 'CWAgent'] } },
    }),
  );
  acknowledgeWildcard(role, {
    wildcards: ['Resource::*'],
    reason: 'PutMetricData knows no resource; it is confined by namespace.',
  });
  acknowledgeWildcard(role, {
    wildcards: groups.map((group) => `Resource::${group.replace(clusterName, `<${logicalIdOf(cluster)}>`)}`),
    reason: 'The agent names its log groups and streams below these prefixes itself.',
  });
  return role;
}

function logicalIdOf(cluster: ICluster): string {
  const resource = cluster.node.defaultChild as CfnElement | undefined;
  return resource ? String(Stack.of(resource).resolve(resource.logicalId)) : cluster.clusterName;
}
