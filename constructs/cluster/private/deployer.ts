import { Stack } from 'aws-cdk-lib';
import { type CfnRole, Grant, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IConstruct } from 'constructs';
import { acknowledgeFinding, acknowledgeWildcard, grantWithWildcards } from '../../core/permission-ledger';

/** Calls of Lambda for a function in a VPC and its traces. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const RUNTIME_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/**
 * The identity of the function that applies manifests and charts: CDK's handler with a role of ours.
 *
 * CDK gives its handler three AWS managed policies, and for each chart every read on the asset bucket. This role reads chart
 * objects, describes one cluster and writes one log group; in the cluster it is an administrator, by the access entry of CDK.
 */
export class Deployer extends Construct {
  /** Pass this one to CDK: nothing can be added to it. */
  public readonly sealedRole: IRole;

  readonly #logGroup: ILogGroup;
  readonly #role: Role;

  constructor(scope: Construct, id: string, logGroup: ILogGroup) {
    super(scope, id);
    this.#logGroup = logGroup;
    this.#role = new Role(this, 'Role', {
      description: 'Function that applies manifests and charts to the inference cluster',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.allowRuntime(this.#role);
    const { partition, account, region, synthesizer } = Stack.of(this);
    const bucket = `cdk-${synthesizer.bootstrapQualifier ?? 'hnb659fds'}-assets-${account}-${region}`;
    grantWithWildcards(
      { grantee: this.#role, actions: ['s3:GetObject'], resourceArns: [`arn:${partition}:s3:::${bucket}/*`] },
      'A chart is named by its content, and stacks that are deployed later bring new ones',
    );
    this.sealedRole = this.#role.withoutPolicyUpdates();
  }

  /** Completes what CDK's kubectl provider defined: which cluster, where its logs go, traces, the role of its framework. */
  public adopt(provider: IConstruct, clusterArn: string): void {
    Grant.addToPrincipal({ grantee: this.#role, actions: ['eks:DescribeCluster'], resourceArns: [clusterArn] });
    const handler = provider.node.findChild('Handler') as LambdaFunction;
    const framework = provider.node.findChild('Provider').node.findChild('framework-onEvent') as LambdaFunction;
    for (const { node } of [handler, framework]) {
      const resource = node.defaultChild as CfnFunction;
      resource.loggingConfig = { logGroup: this.#logGroup.logGroupName, logFormat: 'JSON' };
      resource.tracingConfig = { mode: 'Active' };
    }
    const role = framework.role as Role;
    (role.node.defaultChild as CfnRole).managedPolicyArns = undefined;
    this.allowRuntime(role);
    // Belongs to a managed policy that the sealed role did not take.
    this.node.tryRemoveChild('HasEcrPublic');
    this.acknowledge(provider, handler, role);
  }

  private allowRuntime(grantee: Role): void {
    const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    Grant.addToPrincipal({ grantee, actions: logs, resourceArns: [this.#logGroup.logGroupArn] });
    grantWithWildcards(
      { grantee, actions: RUNTIME_ACTIONS, resourceArns: ['*'] },
      'Lambda attaches a function to its VPC, and X-Ray takes traces, by calls that know no resource',
    );
  }

  private acknowledge(provider: IConstruct, handler: LambdaFunction, frameworkRole: Role): void {
    const { logicalId } = handler.node.defaultChild as CfnFunction;
    acknowledgeWildcard(frameworkRole, {
      wildcards: [`Resource::<${String(Stack.of(handler).resolve(logicalId))}.Arn>:*`],
      reason: "CDK's provider framework may invoke every version of the one handler function",
    });
    acknowledgeFinding(provider, {
      rule: 'AwsSolutions-L1',
      reason: "CDK's kubectl handler fixes its own Python runtime",
      expires: '2027-05-31',
    });
  }
}
