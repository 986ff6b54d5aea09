import { CfnPodIdentityAssociation, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { type IGrantable, type IPrincipal, Role, ServicePrincipal, SessionTagsPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { dnsLabel, requireNone } from './validate';

/** Properties for `WorkloadIdentity`. */
export interface WorkloadIdentityProps {
  /** Cluster whose pods get the identity. */
  readonly cluster: ICluster;
  /** Kubernetes namespace of the service account. */
  readonly namespace: string;
  /** Name of the service account. The chart defines it, not this construct. */
  readonly serviceAccount: string;
}

/**
 * The AWS identity of the pods of one Kubernetes service account, by EKS Pod Identity.
 *
 * Defines an IAM role without permissions, which only pods of this service account in this cluster can assume, and its association. Costs
 * nothing. Pods need `AWS_REGION` in their environment: the metadata service is out of reach on Auto Mode.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
 */
export class WorkloadIdentity extends Construct implements IGrantable {
  /** Role that the pods assume. */
  public readonly role: Role;

  constructor(scope: Construct, id: string, props: WorkloadIdentityProps) {
    super(scope, id);
    const { cluster, namespace, serviceAccount } = props;
    requireNone(this, dnsLabel('namespace', namespace, 63), dnsLabel('serviceAccount', serviceAccount, 63));

    this.role = new Role(this, 'Role', {
      description: `Pods of ${namespace}/${serviceAccount}`,
      assumedBy: new SessionTagsPrincipal(
        new ServicePrincipal('pods.eks.amazonaws.com').withConditions({
          StringEquals: {
            'aws:RequestTag/eks-cluster-arn': cluster.clusterArn,
            'aws:RequestTag/kubernetes-namespace': namespace,
            'aws:RequestTag/kubernetes-service-account': serviceAccount,
          },
        }),
      ),
    });
    new CfnPodIdentityAssociation(this, 'Resource', {
      clusterName: cluster.clusterName,
      namespace,
      serviceAccount,
      roleArn: this.role.roleArn,
    });
  }

  /** The role of the pods. */
  public get grantPrincipal(): IPrincipal {
    return this.role.grantPrincipal;
  }
}
