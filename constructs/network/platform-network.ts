import { RemovalPolicy, Tags } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { EncryptionKey } from '../core/encryption-key';
import { countBetween, integer, matches, requireNone, unique, when } from '../core/validate';

/** A network that a cell can live in: ours, or one that you have (`PlatformNetwork.fromVpc`). */
export interface IPlatformNetwork {
  /** The VPC. */
  readonly vpc: IVpc;
}

/** Properties for `PlatformNetwork`. */
export interface PlatformNetworkProps {
  /** Availability zones to spread over, 2 to 4, for example `eu-west-1a`. */
  readonly zones: readonly string[];

  /**
   * IPv4 range, /16 to /20.
   *
   * @default '10.20.0.0/16'
   */
  readonly cidr?: string;

  /**
   * NAT gateways, 1 to one per zone. One costs less; one per zone survives the loss of a zone.
   *
   * @default 1
   */
  readonly natGateways?: number;

  /**
   * Whether to reach ECR, STS, KMS, CloudWatch Logs, Secrets Manager, EKS and EKS Auth inside the network. Each endpoint costs
   * about 7.30 USD per month and zone.
   *
   * @default false
   */
  readonly interfaceEndpoints?: boolean;

  /**
   * Key that encrypts the flow logs. It must allow CloudWatch Logs.
   *
   * @default - a key of its own
   */
  readonly encryptionKey?: IKey;
}

const INTERFACE_ENDPOINTS: Readonly<Record<string, InterfaceVpcEndpointAwsService>> = {
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Sts: InterfaceVpcEndpointAwsService.STS,
  Kms: InterfaceVpcEndpointAwsService.KMS,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Eks: InterfaceVpcEndpointAwsService.EKS,
  EksAuth: InterfaceVpcEndpointAwsService.EKS_AUTH,
};

/**
 * The network of one cell: public subnets for the load balancer, private ones for the cluster, isolated ones for data.
 *
 * Defines a VPC with flow logs of all traffic (encrypted, kept one year), gateway endpoints of S3 and DynamoDB, and NAT. The
 * default security group lets nothing in. Costs about 33 USD per month and NAT gateway, plus traffic. IPv4 only.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
export class PlatformNetwork extends Construct implements IPlatformNetwork {
  /**
   * Takes a VPC that you have. Its private subnets need the tag `kubernetes.io/role/internal-elb`; that it keeps flow logs is
   * up to you.
   *
   * @throws PlatformError `TooFewSubnets`
   */
  public static fromVpc(vpc: IVpc): IPlatformNetwork {
    const { length } = vpc.privateSubnets;
    requireNone(
      vpc,
      when(
        length < 2,
        'TooFewSubnets',
        `'vpc' must have private subnets with egress in at least 2 zones, got ${length}; import it with its 'privateSubnetIds'`,
      ),
    );
    return { vpc };
  }

  /** The VPC. */
  public readonly vpc: IVpc;

  /** Where the flow logs are. */
  public readonly flowLogs: LogGroup;

  /** @throws PlatformError `CountOutOfRange`, `DuplicateValue`, `InvalidFormat`, `IntegerOutOfRange` */
  constructor(scope: Construct, id: string, props: PlatformNetworkProps) {
    super(scope, id);
    const { zones, cidr = '10.20.0.0/16', natGateways = 1, interfaceEndpoints = false } = props;
    requireNone(
      this,
      countBetween('zones', zones.length, 2, 4, 'availability zones'),
      unique('zones', zones),
      matches(
        'cidr',
        cidr,
        /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|20)$/,
        "an IPv4 range of /16 to /20 such as '10.20.0.0/16'",
      ),
      integer('natGateways', natGateways, 1, zones.length, 'NAT gateways'),
    );

    const encryptionKey =
      props.encryptionKey ??
      new EncryptionKey(this, 'Key', { description: 'Flow logs of the platform network' }).allowLogs();
    this.flowLogs = new LogGroup(this, 'FlowLogs', {
      encryptionKey,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const vpc = this.createVpc(zones, cidr, natGateways);
    if (interfaceEndpoints) this.addInterfaceEndpoints(vpc, cidr);
    this.vpc = vpc;
  }

  private createVpc(zones: readonly string[], cidr: string, natGateways: number): Vpc {
    const vpc = new Vpc(this, 'Resource', {
      ipAddresses: IpAddresses.cidr(cidr),
      availabilityZones: [...zones],
      natGateways,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'edge', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'cluster', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
      flowLogs: {
        All: { destination: FlowLogDestination.toCloudWatchLogs(this.flowLogs), trafficType: FlowLogTrafficType.ALL },
      },
    });
    for (const subnet of vpc.publicSubnets) Tags.of(subnet).add('kubernetes.io/role/elb', '1');
    for (const subnet of vpc.privateSubnets) {
      Tags.of(subnet).add('kubernetes.io/role/internal-elb', '1');
      Tags.of(subnet).add('groundplane.dev/tier', 'cluster');
    }
    return vpc;
  }

  private addInterfaceEndpoints(vpc: Vpc, cidr: string): void {
    const securityGroup = new SecurityGroup(this, 'EndpointSecurityGroup', {
      vpc,
      description: 'Interface endpoints, reached from inside the network only',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(Peer.ipv4(cidr), Port.tcp(443), 'HTTPS from the network');
    for (const [id, service] of Object.entries(INTERFACE_ENDPOINTS)) {
      vpc.addInterfaceEndpoint(id, {
        service,
        open: false,
        securityGroups: [securityGroup],
        subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      });
    }
  }
}
