import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Properties for `EncryptionKey`. */
export interface EncryptionKeyProps {
  /** What the key protects; shown in the console. */
  readonly description: string;
  /**
   * Alias with or without `alias/`.
   *
   * @default - no alias
   */
  readonly alias?: string;
}

/**
 * A customer managed KMS key with yearly rotation, retained when its stack is deleted.
 *
 * The key policy lets the account's own IAM policies decide, so a role needs a grant. AWS services that act on their own
 * (`allowService`) are named one by one and confined to this account. Costs about 1 USD per month.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export class EncryptionKey extends Key {
  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id, {
      description: props.description,
      alias: props.alias,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  /**
   * Lets an AWS service encrypt and decrypt with this key on behalf of this account.
   *
   * @param service service principal, for example `sns.amazonaws.com`
   */
  public allowService(service: string): this {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: `Use${service.replace(/[^a-zA-Z0-9]/g, '')}`,
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return this;
  }

  /**
   * Lets CloudWatch Logs use this key for log groups of this account and region.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  public allowLogs(): this {
    const { partition, region, account } = Stack.of(this);
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'UseLogs',
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
        },
      }),
    );
    return this;
  }
}
