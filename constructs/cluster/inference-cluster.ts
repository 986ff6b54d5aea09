import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  type Connections,
  type IConnectable,
  type ISecurityGroup,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
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
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { EncryptionKey } from '../core/encryption-key';
import { countBetween, matches, requireNone, unique } from '../core/validate';
import { GeneralNodePool } from './general-node-pool';
import { NetworkEnforcement } from './network-enforcement';
import { ClusterLogs } from './private/cluster-logs';
import { acknowledgeCluster } from './private/cluster-permissions';
import { Deployer } from './private/deployer';
import { logAgentRole } from './private/log-agent-role';
import { createNodeRole } from './private/node-pool';

/** A cluster that models can run on: ours, or one that you have (`InferenceCluster.fromCluster`). */
export interface IInferenceCluster {
  /** The EKS cluster; it has a kubectl provider. */
  readonly cluster: ICluster;
  /** Network of the cluster. */
  readonly vpc: IVpc;
  /** Security group of the nodes and pods. */
  readonly securityGroup: ISecurityGroup;
  /** Role of the cluster, if known: node pools let it encrypt their disks. */
  readonly role?: IRole;
  /** Key of the cluster, if it has one: node pools encrypt their disks with it. */
  readonly encryptionKey?: IKey;
}

/** What is known of a cluster that you have. */
export interface ExistingCluster {
  /** The cluster, with Auto Mode, access by API, and a kubectl provider in its network. */
  readonly cluster: ICluster;
  /**
   * Role of the cluster.
   *
   * @default - unknown; node pools with a disk key warn
   */
  readonly role?: IRole;
  /**
   * Key that node pools encrypt their disks with.
   *
   * @default - the account's default key of EBS
   */
  readonly encryptionKey?: IKey;
}

/** Properties for `InferenceCluster`. */
export interface InferenceClusterProps {
  /** Network with private subnets that have egress. */
  readonly vpc: IVpc;

  /** Physical name, 2 to 100 letters, digits, hyphens or underscores. Node classes and target groups refer to it. */
  readonly clusterName: string;

  /**
   * Key that encrypts Kubernetes secrets, logs and node disks. It must allow CloudWatch Logs.
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
   * CPUs at most over all nodes without GPUs, 4 to 2000. Pods beyond it wait.
   *
   * @default 64
   */
  readonly maxCpus?: number;

  /**
   * Whether deleting the cluster needs the protection to be switched off first. Off warns.
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
 * Kubernetes 1.36 with standard support, private endpoint, secrets and logs encrypted with a customer key, every control-plane
 * log, nodes with the smallest role, network policies switched on, zonal shift, no standing administrator. Deployments reach it
 * through a function in its private subnets, which is a cluster administrator: guard who may update its stack. Runs its add-ons
 * and whatever needs no GPU on a `GeneralNodePool`. Costs about 73 USD per month for the control plane, 120 to 220 for the nodes
 * of the add-ons, 1 for the key, and logs by volume.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/automode.html
 */
export class InferenceCluster extends Construct implements IInferenceCluster, IConnectable {
  /**
   * Takes a cluster that you have.
   *
   * What this library puts into it needs EKS Auto Mode, Kubernetes 1.33 to 1.36 and network policies switched on
   * (`ClusterPolicies`).
   */
  public static fromCluster({ cluster, role, encryptionKey }: ExistingCluster): IInferenceCluster {
    return { cluster, vpc: cluster.vpc, securityGroup: cluster.clusterSecurityGroup, role, encryptionKey };
  }

  /** The EKS cluster. */
  public readonly cluster: Cluster;

  /** Network of the cluster. */
  public readonly vpc: IVpc;

  /** Security group of the nodes and pods, made by EKS. */
  public readonly securityGroup: ISecurityGroup;

  /** Role of the cluster. */
  public readonly role: IRole;

  /** Role of the nodes of Auto Mode's own pool. */
  public readonly nodeRole: IRole;

  /** Key of secrets, logs and disks. */
  public readonly encryptionKey: IKey;

  /** Nodes without GPUs. */
  public readonly generalPool: GeneralNodePool;

  /** @throws PlatformError `InvalidFormat`, `CountOutOfRange`, `DuplicateValue` */
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
      unique('administrators', administrators),
    );

    this.vpc = vpc;
    this.encryptionKey =
      props.encryptionKey ??
      new EncryptionKey(this, 'Key', { description: 'Kubernetes secrets, logs and node disks' }).allowLogs();
    this.nodeRole = createNodeRole(this, 'NodeRole');
    const logs = new ClusterLogs(this, 'Logs', {
      clusterName,
      encryptionKey: this.encryptionKey,
      insights: observability,
    });
    this.cluster = this.createCluster(clusterName, logs);
    this.role = this.cluster.role;
    this.securityGroup = this.cluster.clusterSecurityGroup;
    this.harden(deletionProtection);
    administrators.forEach((principalArn, index) => this.addAdministrator(`Administrator${index + 1}`, principalArn));
    const enforcement = new NetworkEnforcement(this, 'Network', {
      cluster: this.cluster,
      newNamespaces: observability ? ['amazon-cloudwatch'] : [],
    });
    this.generalPool = new GeneralNodePool(this, 'GeneralPool', { cluster: this, maxCpus: props.maxCpus });
    this.generalPool.node.addDependency(enforcement);
    this.createAddOns(observability, logs).node.addDependency(this.generalPool);
  }

  /** Network connections of the nodes and pods. */
  public get connections(): Connections {
    return this.securityGroup.connections;
  }

  private createCluster(clusterName: string, logs: ClusterLogs): Cluster {
    const deployer = new Deployer(this, 'Deployer', logs.deployments);
    const deployerGroup = new SecurityGroup(this, 'DeployerSecurityGroup', {
      vpc: this.vpc,
      description: 'Function that applies manifests to the cluster',
    });
    const cluster = new Cluster(this, 'Resource', {
      clusterName,
      version: KubernetesVersion.V1_36,
      vpc: this.vpc,
      vpcSubnets: [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }],
      endpointAccess: EndpointAccess.PRIVATE,
      secretsEncryptionKey: this.encryptionKey,
      clusterLogging: Object.values(ClusterLoggingTypes),
      defaultCapacityType: DefaultCapacityType.AUTOMODE,
      compute: { nodePools: ['system'], nodeRole: this.nodeRole },
      bootstrapClusterCreatorAdminPermissions: false,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      kubectlProviderOptions: {
        kubectlLayer: new KubectlV36Layer(this, 'KubectlLayer'),
        privateSubnets: this.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnets,
        securityGroups: [deployerGroup],
        role: deployer.sealedRole,
      },
    });
    cluster.connections.allowFrom(deployerGroup, Port.tcp(443), 'Manifests from the deployment function');
    (cluster.node.defaultChild as CfnCluster).addResourceDependency(logs.controlPlane.node.defaultChild as CfnLogGroup);
    deployer.adopt(cluster.node.findChild('KubectlProvider'), cluster.clusterArn);
    acknowledgeCluster(cluster);
    return cluster;
  }

  /** What the L2 construct does not model. */
  private harden(deletionProtection: boolean): void {
    const resource = this.cluster.node.defaultChild as CfnCluster;
    resource.addPropertyOverride('DeletionProtection', deletionProtection);
    resource.addPropertyOverride('UpgradePolicy.SupportType', 'STANDARD');
    resource.addPropertyOverride('ZonalShiftConfig.Enabled', true);
    if (!deletionProtection) {
      Annotations.of(this).addWarningV2(
        'groundplane:clusterNotProtected',
        'Nothing keeps the cluster from being deleted with all that runs in it. Leave deletionProtection on where anybody depends on it.',
      );
    }
  }

  private addAdministrator(id: string, principalArn: string): void {
    new CfnAccessEntry(this, id, {
      clusterName: this.cluster.clusterName,
      principalArn,
      accessPolicies: [
        {
          policyArn: `arn:${Stack.of(this).partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
          accessScope: { type: 'cluster' },
        },
      ],
    });
  }

  /** An add-on is only there when its pods run: they need nodes. */
  private createAddOns(observability: boolean, logs: ClusterLogs): Construct {
    const scope = new Construct(this, 'AddOns');
    const common = { clusterName: this.cluster.clusterName, resolveConflicts: 'OVERWRITE' };
    new CfnAddon(scope, 'Metrics', { ...common, addonName: 'metrics-server' });
    new CfnAddon(scope, 'Secrets', {
      ...common,
      addonName: 'aws-secrets-store-csi-driver-provider',
      configurationValues: JSON.stringify({ 'secrets-store-csi-driver': { syncSecret: { enabled: true } } }),
    });
    if (!observability) return scope;
    const { roleArn } = logAgentRole(scope, 'ObservabilityRole', this.cluster);
    const addon = new CfnAddon(scope, 'Observability', {
      ...common,
      addonName: 'amazon-cloudwatch-observability',
      podIdentityAssociations: [{ roleArn, serviceAccount: 'cloudwatch-agent' }],
    });
    for (const group of logs.insights) addon.addResourceDependency(group.node.defaultChild as CfnLogGroup);
    return scope;
  }
}
