import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { WorkloadIdentity } from '../../../constructs/core';

function fixture() {
  const stack = new Stack(new App(), 'Test');
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'acme' });
  return { stack, props: { cluster, namespace: 'models', serviceAccount: 'iris' } };
}

describe('WorkloadIdentity', () => {
  test('can be assumed by pods of the one service account of the one namespace of the one cluster', () => {
    const { stack, props } = fixture();
    new WorkloadIdentity(stack, 'Identity', props);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['sts:AssumeRole', 'sts:TagSession'],
            Principal: { Service: 'pods.eks.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:RequestTag/eks-cluster-arn': stack.resolve(props.cluster.clusterArn),
                'aws:RequestTag/kubernetes-namespace': 'models',
                'aws:RequestTag/kubernetes-service-account': 'iris',
              },
            },
          },
        ],
      },
    });
  });

  test('is bound to that service account', () => {
    const { stack, props } = fixture();
    const { role } = new WorkloadIdentity(stack, 'Identity', props);
    Template.fromStack(stack).hasResourceProperties('AWS::EKS::PodIdentityAssociation', {
      ClusterName: 'acme',
      Namespace: 'models',
      ServiceAccount: 'iris',
      RoleArn: stack.resolve(role.roleArn),
    });
  });

  test('has no permission until it is granted one', () => {
    for (const granted of [0, 1]) {
      const { stack, props } = fixture();
      const identity = new WorkloadIdentity(stack, 'Identity', props);
      if (granted) new Queue(stack, 'Queue').grantSendMessages(identity);
      Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', granted);
    }
  });

  test.each([
    ['namespace', { namespace: 'Models' }],
    ['serviceAccount', { serviceAccount: 'iris_1' }],
  ])('fails for a bad %s', (prop, override) => {
    const { stack, props } = fixture();
    expect(() => new WorkloadIdentity(stack, 'Identity', { ...props, ...override })).toThrow(`'${prop}' must be`);
  });
});
