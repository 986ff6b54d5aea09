import { Annotations, Duration, Tags } from 'aws-cdk-lib';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  CfnSecurityGroupIngress,
  type Connections,
  type IConnectable,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeFinding } from '../core/permission-ledger';
import { duration, matches, requireNone, when } from '../core/validate';
import type { TokenIssuer } from '../identity';
import { EdgeMetrics } from './edge-metrics';
import type { IGatewayEdge } from './gateway-edge-ref';
import { HEALTH_PATH, PROXY_PORT } from './headers';
import { WebAcl, type WebAclProps } from './web-acl';

/** Properties for `GatewayEdge`. */
export interface GatewayEdgeProps {
  /** Network of the cluster, with public and private subnets. */
  readonly vpc: IVpc;

  /** Security group of the cluster's nodes. It is opened for the load balancer, on the proxies' port alone. */
  readonly clusterSecurityGroup: ISecurityGroup;

  /** Name of the cluster; only its controllers may register targets. */
  readonly clusterName: string;

  /** Host name under which the gateway answers. */
  readonly domainName: string;

  /** Who issues the tokens; the load balancer refuses any other one. */
  readonly issuer: TokenIssuer;

  /** Bucket for access logs: same region, SSE-S3, no Object Lock; Elastic Load Balancing may write to it. */
  readonly accessLogs: IBucket;

  /** Key that encrypts the firewall's log. It must allow CloudWatch Logs (`EncryptionKey.allowLogs`). */
  readonly encryptionKey: IKey;

  /**
   * Public hosted zone of `domainName`: the certificate is validated and the name entered there.
   *
   * @default - none: both are made by hand; a warning says so
   */
  readonly hostedZone?: IHostedZone;

  /**
   * Certificate for `domainName`, of the same region.
   *
   * @default - one is requested and validated by DNS
   */
  readonly certificate?: ICertificate;

  /**
   * Address ranges that may connect, as CIDR.
   *
   * @default ['0.0.0.0/0']
   */
  readonly clientCidrs?: readonly string[];

  /**
   * Address ranges of the public subnets of `vpc`, as CIDR. Needed for an imported network that does not say them.
   *
   * @default - as `vpc` says
   */
  readonly loadBalancerCidrs?: readonly string[];

  /**
   * How long a silent connection is kept, 1 to 4000 seconds. Longer than the longest silence in an answer.
   *
   * @default Duration.minutes(5)
   */
  readonly idleTimeout?: Duration;

  /**
   * Name of the log, limit per address and body rules of the firewall.
   *
   * @default - those of `WebAcl`
   */
  readonly firewall?: Omit<WebAclProps, 'encryptionKey'>;
}

/**
 * The public edge of an inference gateway: firewall, load balancer with TLS, certificate, name.
 *
 * Only HTTPS is open, with TLS 1.2 or better; without a valid token of the issuer nothing passes, and nothing passes while
 * the firewall cannot judge. Targets are the proxies, which `InferenceGateway` binds. Resists deletion. Costs about
 * 17 USD per month for the load balancer and 10 USD for the firewall.
 */
export class GatewayEdge extends Construct implements IGatewayEdge, IConnectable {
  /** Host name under which the gateway answers. */
  public readonly domainName: string;

  /** Target group that the proxies join. */
  public readonly targetGroup: ApplicationTargetGroup;

  /** The load balancer. */
  public readonly loadBalancer: ApplicationLoadBalancer;

  /** The only listener: HTTPS on port 443. */
  public readonly listener: ApplicationListener;

  /** The firewall. */
  public readonly webAcl: WebAcl;

  /** How long a silent connection is kept. */
  public readonly idleTimeout: Duration;

  /** Address ranges that the load balancer calls from. */
  public readonly loadBalancerCidrs: readonly string[];

  /** Metrics of the edge. */
  public readonly metrics: EdgeMetrics;

  readonly #securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: GatewayEdgeProps) {
    super(scope, id);
    const { vpc, domainName, clientCidrs = ['0.0.0.0/0'], idleTimeout = Duration.minutes(5) } = props;
    requireNone(
      this,
      matches('domainName', domainName, /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'a host name in lower case'),
      duration('idleTimeout', idleTimeout, 1, 4000),
      props.issuer.problems(),
      clientCidrs.flatMap((cidr) =>
        matches('clientCidrs', cidr, /^\d+\.\d+\.\d+\.\d+\/\d+$/, "a range such as '10.0.0.0/8'"),
      ),
      when(clientCidrs.length === 0, 'NoClients', "'clientCidrs' must name at least one range, got none"),
    );

    this.domainName = domainName;
    this.idleTimeout = idleTimeout;
    this.loadBalancerCidrs = props.loadBalancerCidrs ?? vpc.publicSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock);
    this.#securityGroup = this.createSecurityGroup(vpc, clientCidrs, props.clusterSecurityGroup);
    this.loadBalancer = this.createLoadBalancer(vpc, props.accessLogs);
    this.targetGroup = this.createTargetGroup(vpc, props.clusterName);
    this.listener = this.createListener(props.issuer, this.certificateFor(props));
    this.webAcl = new WebAcl(this, 'Firewall', { ...props.firewall, encryptionKey: props.encryptionKey });
    this.webAcl.protect('LoadBalancer', this.loadBalancer.loadBalancerArn);
    if (props.hostedZone) this.createRecord(props.hostedZone);
    this.metrics = EdgeMetrics.fromEdge(this.loadBalancer, this.targetGroup, this.webAcl);
  }

  /** Target group that the proxies join, by ARN. */
  public get targetGroupArn(): string {
    return this.targetGroup.targetGroupArn;
  }

  /** Network connections of the load balancer. */
  public get connections(): Connections {
    return this.#securityGroup.connections;
  }

  private createSecurityGroup(vpc: IVpc, clientCidrs: readonly string[], cluster: ISecurityGroup): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Public edge of the inference gateway',
      allowAllOutbound: false,
    });
    for (const cidr of clientCidrs) group.addIngressRule(Peer.ipv4(cidr), Port.tcp(443), 'Callers');
    group.addEgressRule(Peer.securityGroupId(cluster.securityGroupId), Port.tcp(PROXY_PORT), 'Proxies');
    // Here and not in the cluster's stack, which must not know of the edge.
    new CfnSecurityGroupIngress(this, 'FromLoadBalancer', {
      groupId: cluster.securityGroupId,
      sourceSecurityGroupId: group.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: PROXY_PORT,
      toPort: PROXY_PORT,
      description: 'Load balancer to proxies and their health check',
    });
    if (clientCidrs.some((cidr) => cidr.endsWith('/0'))) {
      acknowledgeFinding(group, {
        rule: 'AwsSolutions-EC23',
        reason: 'The gateway is a public endpoint: HTTPS alone, behind the firewall, with a token',
        expires: '2027-11-30',
      });
    }
    return group;
  }

  private createLoadBalancer(vpc: IVpc, accessLogs: IBucket): ApplicationLoadBalancer {
    const loadBalancer = new ApplicationLoadBalancer(this, 'Resource', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroup: this.#securityGroup,
      deletionProtection: true,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      preserveHostHeader: true,
      idleTimeout: this.idleTimeout,
      http2Enabled: true,
    });
    loadBalancer.setAttribute('waf.fail_open.enabled', 'false');
    loadBalancer.logAccessLogs(accessLogs, 'alb');
    return loadBalancer;
  }

  private createTargetGroup(vpc: IVpc, clusterName: string): ApplicationTargetGroup {
    const targetGroup = new ApplicationTargetGroup(this, 'Targets', {
      vpc,
      port: PROXY_PORT,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      deregistrationDelay: Duration.seconds(120),
      loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      healthCheck: {
        path: HEALTH_PATH,
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(4),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
    });
    // The managed policy of the cluster's controller registers targets in groups with this tag alone.
    Tags.of(targetGroup).add('eks:eks-cluster-name', clusterName);
    return targetGroup;
  }

  private createListener(issuer: TokenIssuer, certificate: ICertificate): ApplicationListener {
    const listener = this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: SslPolicy.TLS13_RES,
      open: false,
      defaultAction: ListenerAction.fixedResponse(404, {
        contentType: 'application/json',
        messageBody: '{"error":"not found"}',
      }),
    });
    listener.addAction('Forward', {
      priority: 1,
      conditions: [ListenerCondition.hostHeaders([this.domainName])],
      action: ListenerAction.authenticateJwt({
        issuer: issuer.issuerUrl,
        jwksEndpoint: issuer.jwksUrl,
        next: ListenerAction.forward([this.targetGroup]),
      }),
    });
    return listener;
  }

  private certificateFor({ certificate, hostedZone, domainName }: GatewayEdgeProps): ICertificate {
    if (certificate) return certificate;
    if (!hostedZone) {
      Annotations.of(this).addWarningV2(
        'groundplane:edge-name-by-hand',
        `No hosted zone: the deployment waits until you add the validation record of the certificate for ${domainName}, and you point the name at the load balancer. Pass 'hostedZone' to have both done.`,
      );
    }
    return new Certificate(this, 'Certificate', { domainName, validation: CertificateValidation.fromDns(hostedZone) });
  }

  private createRecord(zone: IHostedZone): void {
    new ARecord(this, 'Name', {
      zone,
      recordName: `${this.domainName}.`,
      target: RecordTarget.fromAlias(new LoadBalancerTarget(this.loadBalancer)),
    });
  }
}
