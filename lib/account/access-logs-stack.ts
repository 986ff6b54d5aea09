import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccessLogBucket } from '../../constructs';
import type { AccountNames } from '../contract';
import type { StageInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `AccessLogsStack`. */
export interface AccessLogsStackProps {
  /** What the account stage is built from. */
  readonly input: StageInput & { readonly names: AccountNames };
}

/** The bucket for access logs of an account and region. */
export class AccessLogsStack extends PlatformStack {
  /** The bucket; others name it by the contract. */
  public readonly bucket: AccessLogBucket;

  constructor(scope: Construct, id: string, { input }: AccessLogsStackProps) {
    const { config, names } = input;
    super(scope, id, {
      platform: config.name,
      stage: 'account',
      place: names,
      description: 'Access logs of buckets and load balancers, and what vended log delivery writes',
      stateful: true,
      owner: config.owner,
    });
    this.bucket = new AccessLogBucket(this, 'Bucket', {
      bucketName: names.accessLogsBucket,
      expireAfter: Duration.days(config.audit.accessLogDays),
    });
  }
}
