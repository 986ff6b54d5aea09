import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { Chart } from 'cdk8s';
import { InferenceCluster, type InferenceClusterProps } from '../../../constructs/cluster';

export const HELM = 'Custom::AWSCDK-EKS-HelmChart';

const ENV = { account: '111122223333', region: 'eu-west-1' };

/** A place for a cluster, and a network to put it in. Assets are not copied: the kubectl layer alone has 37 MB. */
export function place() {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  const network = new Stack(app, 'Network', { env: ENV });
  const vpc = new Vpc(network, 'Vpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'], natGateways: 1 });
  return { app, vpc, stack: new Stack(app, 'Test', { env: ENV }) };
}

/** A stack that holds an `InferenceCluster` with `props` over the smallest ones. */
export function clusterStack(props: Partial<InferenceClusterProps> = {}) {
  const { app, vpc, stack } = place();
  const cluster = new InferenceCluster(stack, 'Cluster', { vpc, clusterName: 'acme-main', ...props });
  return { app, vpc, stack, cluster };
}

/** A cluster that is there already, in a stack of its own, and a place for what goes into it. */
export function existingCluster() {
  const { app, vpc, stack } = place();
  const platform = new Stack(app, 'Platform', { env: ENV });
  const cluster = Cluster.fromClusterAttributes(platform, 'Cluster', {
    clusterName: 'acme',
    vpc,
    clusterSecurityGroupId: 'sg-0123456789abcdef0',
    kubectlProvider: KubectlProvider.fromKubectlProviderAttributes(platform, 'Kubectl', {
      serviceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:kubectl',
      role: Role.fromRoleName(platform, 'Deployer', 'deployer'),
    }),
  });
  return { app, vpc, stack, cluster };
}

/** A rendered object, as far as the tests look at it. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly data?: Record<string, string>;
  // Every kind has a spec of its own.
  readonly spec: Record<string, never>;
}

/** The objects of `chart`, of one kind if named. */
export function objects(chart: Chart, kind?: string): Rendered[] {
  return (chart.toJson() as Rendered[]).filter((object) => kind === undefined || object.kind === kind);
}

/** Properties of every resource of `type` in `stack`. */
export function properties(stack: Stack, type: string): Record<string, unknown>[] {
  const found = Template.fromStack(stack).findResources(type) as Record<
    string,
    { Properties: Record<string, unknown> }
  >;
  return Object.values(found).map(({ Properties }) => Properties);
}

/** Actions that the policies of roles whose logical id starts with `role` allow, by resource. */
export function allowed(stack: Stack, role: string): { actions: string[]; resource: unknown }[] {
  interface Statement {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource: unknown;
  }
  return properties(stack, 'AWS::IAM::Policy')
    .filter(({ Roles }) => JSON.stringify(Roles).includes(`"${role}`))
    .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement)
    .map(({ Action, Resource }) => ({ actions: [Action].flat(), resource: Resource }));
}
