/** What one resource of a type costs while nothing uses it. */
export interface RestingPrice {
  /** CloudFormation type. */
  readonly type: string;
  /** USD per month (730 hours) and resource, us-east-1, list price. */
  readonly usdPerMonth: number;
  /** What is counted. */
  readonly unit: string;
}

/** Day on which the prices below were noted, from memory of AWS's list: no price list was read. Other regions differ. */
export const PRICES_NOTED = '2026-11-25';

/**
 * Prices at rest, list prices of us-east-1.
 *
 * @see https://aws.amazon.com/pricing/
 */
export const PRICES: readonly RestingPrice[] = [
  { type: 'AWS::EKS::Cluster', usdPerMonth: 73, unit: 'control plane, 0.10 per hour' },
  { type: 'AWS::EC2::NatGateway', usdPerMonth: 32.85, unit: 'gateway, 0.045 per hour; traffic besides' },
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    usdPerMonth: 16.43,
    unit: 'load balancer, 0.0225 per hour; capacity units besides',
  },
  { type: 'AWS::WAFv2::WebACL', usdPerMonth: 11, unit: 'web ACL 5, and 1 per rule (6 counted); requests besides' },
  { type: 'AWS::KMS::Key', usdPerMonth: 1, unit: 'key' },
  {
    type: 'AWS::ElastiCache::ReplicationGroup',
    usdPerMonth: 23.36,
    unit: 'two cache.t4g.micro nodes, 0.016 per hour each',
  },
  { type: 'AWS::APS::Scraper', usdPerMonth: 29.2, unit: 'scraper, 0.04 per hour; samples besides' },
  { type: 'AWS::SecretsManager::Secret', usdPerMonth: 0.4, unit: 'secret' },
  { type: 'AWS::CloudWatch::Alarm', usdPerMonth: 0.1, unit: 'alarm of one metric' },
  { type: 'AWS::CloudWatch::Dashboard', usdPerMonth: 3, unit: 'dashboard' },
  { type: 'AWS::Route53::HostedZone', usdPerMonth: 0.5, unit: 'zone' },
];

/** Per interface endpoint and zone. */
export const ENDPOINT_USD_PER_MONTH = 7.3;

/** What runs without a resource in a template: two to three system nodes of Auto Mode, with its fee. */
export const SYSTEM_NODES_USD_PER_MONTH = { low: 120, high: 220 } as const;

/** What costs by use alone, and nothing at rest. */
export const BY_USE: readonly string[] = [
  'requests, traffic and capacity units of the load balancer and WAF',
  'nodes for models, GPUs above all (g6.xlarge about 590 USD per month while it runs)',
  'logs, metrics and traces by volume',
  'storage and requests of S3, DynamoDB, ECR, SageMaker Feature Store',
  'training and evaluation jobs by the second',
];
