import { RemovalPolicy } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type Connections,
  type IConnectable,
  type ISecurityGroup,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledgeFinding } from '../core/permission-ledger';
import { integer, matches, requireNone } from '../core/validate';

/** Properties for `RateLimitStore`. */
export interface RateLimitStoreProps {
  /** Network of the cluster, with private subnets in at least two zones. */
  readonly vpc: IVpc;

  /** Security group of the cluster's nodes, the only ones that can connect. */
  readonly clientSecurityGroup: ISecurityGroup;

  /** Key that encrypts counters, secret and logs. It must allow CloudWatch Logs (`EncryptionKey.allowLogs`). */
  readonly encryptionKey: IKey;

  /**
   * Node type.
   *
   * @default 'cache.t4g.micro'
   */
  readonly nodeType?: string;

  /**
   * Nodes, 2 to 6, in different zones: one that counts and others that take over.
   *
   * @default 2
   */
  readonly nodes?: number;
}

const PORT = 6380;

/**
 * The counters that all proxies of a gateway share, so that a tenant's limit holds for them together: Valkey 8.
 *
 * Reached with TLS and a token by the cluster alone, encrypted at rest, two nodes in two zones with failover. Counters live
 * a minute: nothing is backed up and nothing is retained. Costs about 24 USD per month. While it cannot be reached, each proxy
 * counts for itself.
 */
export class RateLimitStore extends Construct implements IConnectable {
  /** The replication group. */
  public readonly resource: CfnReplicationGroup;

  /** Address of the node that counts. */
  public readonly host: string;

  /** Port of the store. */
  public readonly port: number = PORT;

  /** The token that a client must send, as plain text. */
  public readonly authSecret: ISecret;

  readonly #securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: RateLimitStoreProps) {
    super(scope, id);
    const { vpc, clientSecurityGroup, encryptionKey, nodeType = 'cache.t4g.micro', nodes = 2 } = props;
    requireNone(
      this,
      integer('nodes', nodes, 2, 6, 'nodes'),
      matches('nodeType', nodeType, /^cache\.[a-z0-9]+\.[a-z0-9]+$/, "a node type such as 'cache.t4g.micro'"),
    );

    this.#securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Shared counters of the inference gateway',
      allowAllOutbound: false,
    });
    this.#securityGroup.addIngressRule(clientSecurityGroup, Port.tcp(PORT), 'Rate limit service');
    this.authSecret = this.createSecret(encryptionKey);
    this.resource = this.createGroup(props, nodeType, nodes);
    this.host = this.resource.attrPrimaryEndPointAddress;
  }

  /** Network connections of the store. */
  public get connections(): Connections {
    return this.#securityGroup.connections;
  }

  /** Busiest share of a node's CPU, in percent. */
  public metricEngineCpu(): Metric {
    return new Metric({
      namespace: 'AWS/ElastiCache',
      metricName: 'EngineCPUUtilization',
      dimensionsMap: { ReplicationGroupId: this.resource.ref },
      statistic: Stats.MAXIMUM,
    });
  }

  private createSecret(encryptionKey: IKey): Secret {
    const secret = new Secret(this, 'Token', {
      description: 'Token of the rate limit store',
      encryptionKey,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledgeFinding(secret, {
      rule: 'AwsSolutions-SMG4',
      reason:
        'A new token means a new connection of every proxy; it is rotated with the store, whose counters last a minute',
      expires: '2027-11-30',
    });
    return secret;
  }

  private createGroup(
    { vpc, encryptionKey }: RateLimitStoreProps,
    nodeType: string,
    nodes: number,
  ): CfnReplicationGroup {
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      description: 'Private subnets of the rate limit store',
      subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
    });
    const logs = new LogGroup(this, 'SlowLog', {
      encryptionKey,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new CfnReplicationGroup(this, 'Resource', {
      replicationGroupDescription: 'Shared counters of the inference gateway',
      engine: 'valkey',
      engineVersion: '8.0',
      clusterMode: 'disabled',
      cacheNodeType: nodeType,
      numCacheClusters: nodes,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      port: PORT,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [this.#securityGroup.securityGroupId],
      atRestEncryptionEnabled: true,
      kmsKeyId: encryptionKey.keyId,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      authToken: this.authSecret.secretValue.unsafeUnwrap(),
      autoMinorVersionUpgrade: true,
      snapshotRetentionLimit: 0,
      logDeliveryConfigurations: [
        {
          destinationType: 'cloudwatch-logs',
          destinationDetails: { cloudWatchLogsDetails: { logGroup: logs.logGroupName } },
          logFormat: 'json',
          logType: 'slow-log',
        },
      ],
    });
  }
}
