import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Log groups of Container Insights. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference.html */
const INSIGHTS = ['application', 'dataplane', 'host', 'performance'] as const;

/**
 * The log groups that a cluster writes to, encrypted and kept one year.
 *
 * EKS and the CloudWatch agent would make them on first use: without a key, for ever.
 */
export class ClusterLogs extends Construct {
  /** What the deployments did. */
  public readonly deployments: LogGroup;

  /** What the control plane did: API, audit, authenticator, controller manager, scheduler. */
  public readonly controlPlane: LogGroup;

  /** What pods and nodes write, if Container Insights is on. */
  public readonly insights: readonly LogGroup[];

  constructor(scope: Construct, id: string, props: { clusterName: string; encryptionKey: IKey; insights: boolean }) {
    super(scope, id);
    const { clusterName, encryptionKey, insights } = props;
    const create = (name: string, logGroupName?: string) =>
      new LogGroup(this, name, {
        logGroupName,
        encryptionKey,
        retention: RetentionDays.ONE_YEAR,
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });
    this.deployments = create('Deployments');
    this.controlPlane = create('ControlPlane', `/aws/eks/${clusterName}/cluster`);
    this.insights = insights
      ? INSIGHTS.map((name) => create(`Insights-${name}`, `/aws/containerinsights/${clusterName}/${name}`))
      : [];
  }
}
