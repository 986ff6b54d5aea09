import type { Duration } from 'aws-cdk-lib';

/** The public edge before a gateway: what an `InferenceGateway` needs to know of it. `GatewayEdge` is the usual one. */
export interface IGatewayEdge {
  /** Host name under which the gateway answers. */
  readonly domainName: string;

  /** Target group that the proxies join. It must be tagged with the cluster's name and be in the cluster's VPC. */
  readonly targetGroupArn: string;

  /** Address ranges that the load balancer calls from, as CIDR: those of its subnets. No Pod may be in them. */
  readonly loadBalancerCidrs: readonly string[];

  /** How long the load balancer keeps a silent connection. */
  readonly idleTimeout: Duration;
}
