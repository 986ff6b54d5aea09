import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { RemovalPolicy } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  CfnAccessEntry,
  CfnAddon,
  type CfnCluster,
  Cluster,
  ClusterLoggingTypes,
  DefaultCapacityType,
  EndpointAccess,
  type ICluster,
  KubernetesVersion,
} from 'aws-cdk-lib/aws-eks-v2';
import { type IRole, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { EncryptionKey } from '../core/encryption-key';
import { countBetween, matches, requireNone } from '../core/validate';
import { acknowledgeClusterPermissions, acknowledgeNodePolicies } from './private/cluster-permissions';
import { logAgentRole } from './private/log-agent-role';

/** A cluster that models can run on: ours, or one that you have. */
export interface IInferenceCluster {
  /** The EKS cluster; it has a kubectl provider. */
  readonly cluster: ICluster;
  /** Network of the cluster. */
  readonly vpc: IVpc;
  /** Security group of the nodes and pods. */
  readonly securityGroup: ISecurityGroup;
}

/** Properties for `InferenceCluster`. */
export interface InferenceClusterProps {
  /** Network with private subnets. */
  readonly vpc: IVpc;

  /** Physical name, 2 to 100 letters, digits or hyphens. Node classes and target groups refer to it. */
  readonly clusterName: string;

  /**
   * Key that encrypts Kubernetes secrets.
   *
   * @default - a key of its own
   */
  readonly encryptionKey?: IKey;

  /**
   * ARNs of IAM roles that administer the cluster, at most 10.
   *
   * @default - none: only deployments change the cluster
   */
  readonly administrators?: readonly string[];

  /**
   * Whether deleting the cluster needs the protection to be switched off first.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Whether node and pod logs and metrics go to CloudWatch. Costs by volume.
   *
   * @default true
   */
  readonly observability?: boolean;
}

/**
 * An EKS cluster with Auto Mode for model servers.
 *
 * Kubernetes 1.36, private endpoint, secrets encrypted with a customer key, every control-plane log, nodes with the smallest
 * role, no standing administrator. Deployments reach it through a function in its private subnets, which is a cluster
 * administrator: guard who may update its stack. Costs about 73 USD per month for the control plane, 120 to 220 for the system
 * nodes, and nodes for what runs. The node network policies need `ClusterPolicies` and a `GpuNodePool` or node class that asks.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/automode.html
 */
export class InferenceCluster extends Construct implements IInferenceCluster {
  /** The EKS cluster. */
  public readonly cluster: Cluster;

  /** Network of the cluster. */
  public readonly vpc: IVpc;

  /** Security group of the nodes and pods, made by EKS. */
  public readonly securityGroup: ISecurityGroup;

  /** Role of the nodes. */
  public readonly nodeRole: IRole;

  /** @throws PlatformError `InvalidFormat`, `CountOutOfRange` */
  constructor(scope: Construct, id: string, props: InferenceClusterProps) {
    super(scope, id);
    const { vpc, clusterName, administrators = [], deletionProtection = true, observability = true } = props;
    requireNone(
      this,
      matches(
        'clusterName',
        clusterName,
        /^[0-9A-Za-z][A-Za-z0-9_-]{1,99}$/,
        '2 to 100 letters, digits, hyphens or underscores',
      ),
      countBetween('administrators', administrators.length, 0, 10, 'roles'),
    );

    this.vpc = vpc;
    this.nodeRole = this.createNodeRole();
    const encryptionKey = props.encryptionKey ?? new EncryptionKey(this, 'Key', { description: 'Kubernetes secrets' });
    this.cluster = this.createCluster(clusterName, encryptionKey);
    this.securityGroup = this.cluster.clusterSecurityGroup;
    this.harden(deletionProtection);
    administrators.forEach((principalArn, index) => this.addAdministrator(`Administrator${index + 1}`, principalArn));
    this.addAddon('MetricsServer', { addonName: 'metrics-server' });
    this.addAddon('SecretsStore', {
      addonName: 'aws-secrets-store-csi-driver-provider',
      configurationValues: JSON.stringify({ 'secrets-store-csi-driver': { syncSecret: { enabled: true } } }),
    });
    if (observability) this.addObservability();
    acknowledgeClusterPermissions(this.cluster);
    acknowledgeNodePolicies(this.nodeRole);
  }

  private createNodeRole(): Role {
    return new Role(this, 'NodeRole', {
      description: 'Nodes of the inference cluster: join it and pull images, nothing else',
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'].map((name) =>
        ManagedPolicy.fromAwsManagedPolicyName(name),
      ),
    });
  }

  private createCluster(clusterName: string, encryptionKey: IKey): Cluster {
    const privateSubnets = this.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS });
    const deployer = new SecurityGroup(this, 'DeployerSecurityGroup', {
      vpc: this.vpc,
      description: 'Function that applies manifests to the cluster',
    });
    const cluster = new Cluster(this, 'Resource', {
      clusterName,
      version: KubernetesVersion.V1_36,
      vpc: this.vpc,
      vpcSubnets: [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }],
      endpointAccess: EndpointAccess.PRIVATE,
      secretsEncryptionKey: encryptionKey,
      clusterLogging: Object.values(ClusterLoggingTypes),
      defaultCapacityType: DefaultCapacityType.AUTOMODE,
      compute: { nodePools: ['system', 'general-purpose'], nodeRole: this.nodeRole },
      bootstrapClusterCreatorAdminPermissions: false,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      kubectlProviderOptions: {
        kubectlLayer: new KubectlV36Layer(this, 'KubectlLayer'),
        privateSubnets: privateSubnets.subnets,
        securityGroups: [deployer],
      },
    });
    cluster.connections.allowFrom(deployer, Port.tcp(443), 'Manifests from the deployment function');
    return cluster;
  }

  /** What the L2 construct does not model. */
  private harden(deletionProtection: boolean): void {
    const resource = this.cluster.node.defaultChild as CfnCluster;
    resource.addPropertyOverride('DeletionProtection', deletionProtection);
    resource.addPropertyOverride('UpgradePolicy.SupportType', 'STANDARD');
    resource.addPropertyOverride('ZonalShiftConfig.Enabled', true);
  }

  private addAdministrator(id: string, principalArn: string): void {
    new CfnAccessEntry(this, id, {
      clusterName: this.cluster.clusterName,
      principalArn,
      accessPolicies: [
        {
          policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
          accessScope: { type: 'cluster' },
        },
      ],
    });
  }

  private addAddon(
    id: string,
    addon: {
      addonName: string;
      configurationValues?: string;
      podIdentityAssociations?: { roleArn: string; serviceAccount: string }[];
    },
  ): void {
    new CfnAddon(this, id, { clusterName: this.cluster.clusterName, resolveConflicts: 'OVERWRITE', ...addon });
  }

  private addObservability(): void {
    const role = logAgentRole(this, 'ObservabilityRole', this.cluster);
    this.addAddon('Observability', {
      addonName: 'amazon-cloudwatch-observability',
      podIdentityAssociations: [{ roleArn: role.roleArn, serviceAccount: 'cloudwatch-agent' }],
    });
  }
}
