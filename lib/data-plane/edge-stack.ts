import { CfnOutput } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { EncryptionKey, GatewayEdge, RateLimitStore, type TokenIssuer } from '../../constructs';
import { accessLogsBucketAt } from '../contract';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `EdgeStack`. */
export interface EdgeStackProps {
  /** Configuration and names of the cell. */
  readonly input: CellInput;
  /** Network of the cluster. */
  readonly vpc: IVpc;
  /** Security group of the cluster's nodes. */
  readonly clusterSecurityGroup: ISecurityGroup;
  /** Issuer of the tokens that the load balancer accepts. */
  readonly issuer: TokenIssuer;
}

/** The public edge of a cell, and the counters that its gateway shares. Nothing in it would be missed. */
export class EdgeStack extends PlatformStack {
  /** Firewall, load balancer, certificate, name. */
  public readonly edge: GatewayEdge;

  /** Counters of the rate limit service. */
  public readonly rateLimitStore: RateLimitStore;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    const { input, vpc, clusterSecurityGroup, issuer } = props;
    super(scope, id, {
      platform: input.contract.platform,
      stage: input.names.cell,
      place: input.names,
      description: 'Public edge: firewall, load balancer, certificate, name; shared counters of the gateway',
      stateful: false,
      owner: input.config.owner,
      zones: input.cell.zones,
    });
    const encryptionKey = new EncryptionKey(this, 'Key', {
      description: 'Firewall log and shared counters',
    }).allowLogs();
    this.edge = this.createEdge(props, encryptionKey);
    this.rateLimitStore = new RateLimitStore(this, 'RateLimitStore', {
      vpc,
      clientSecurityGroup: clusterSecurityGroup,
      encryptionKey,
      nodeType: input.config.gateway.rateLimitNodeType,
    });
    new CfnOutput(this, 'LoadBalancerName', { value: this.edge.loadBalancer.loadBalancerDnsName });
    new CfnOutput(this, 'Issuer', { value: issuer.issuerUrl });
  }

  private createEdge(
    { input, vpc, clusterSecurityGroup, issuer }: EdgeStackProps,
    encryptionKey: EncryptionKey,
  ): GatewayEdge {
    const { hostedZoneId, certificateArn, clientCidrs, requestsPerAddress } = input.config.gateway;
    const { domain } = input.cell;
    return new GatewayEdge(this, 'Edge', {
      vpc,
      clusterSecurityGroup,
      clusterName: input.names.cluster,
      domainName: domain,
      issuer,
      accessLogs: Bucket.fromBucketName(this, 'AccessLogs', accessLogsBucketAt(input.contract, input.names)),
      encryptionKey,
      hostedZone: hostedZoneId
        ? HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: domain })
        : undefined,
      certificate: certificateArn ? Certificate.fromCertificateArn(this, 'Certificate', certificateArn) : undefined,
      clientCidrs,
      firewall: { logGroupName: input.names.webAclLogGroup, requestsPerAddress },
    });
  }
}
