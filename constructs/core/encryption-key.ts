import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, type KeySpec, type KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** What the account itself may do with a key: administer it, and delegate its use by IAM policies. Nothing by wildcard. */
const ACCOUNT_ACTIONS = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:GetPublicKey',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:RetireGrant',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:Sign',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
  'kms:Verify',
];

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

  /**
   * Kind of key.
   *
   * @default KeySpec.SYMMETRIC_DEFAULT
   */
  readonly keySpec?: KeySpec;

  /**
   * What the key is for. A key that signs has no automatic rotation.
   *
   * @default KeyUsage.ENCRYPT_DECRYPT
   */
  readonly keyUsage?: KeyUsage;
}

/**
 * A customer managed KMS key, retained when its stack is deleted; a symmetric one rotates every year.
 *
 * The key policy lets the account's own IAM policies decide, so a role needs a grant. AWS services that act on their own
 * (`allowService` and its siblings) are named one by one and confined to this account. Costs about 1 USD per month.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export class EncryptionKey extends Key {
  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id, {
      description: props.description,
      alias: props.alias,
      keySpec: props.keySpec,
      keyUsage: props.keyUsage,
      enableKeyRotation: props.keySpec === undefined,
      pendingWindow: Duration.days(30),
      policy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'DelegateToAccount',
            principals: [new AccountRootPrincipal()],
            actions: ACCOUNT_ACTIONS,
            resources: ['*'],
          }),
        ],
      }),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  /**
   * Lets an AWS service encrypt and decrypt with this key on behalf of this account.
   *
   * @param service service principal, for example `sns.amazonaws.com`
   */
  public allowService(service: string): this {
    return this.allow(service, ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'], {
      StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
    });
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

  /**
   * Lets vended log delivery (flow logs, WAF, Network Load Balancer) write to buckets that this key encrypts.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
   */
  public allowLogDelivery(): this {
    const { partition, region, account } = Stack.of(this);
    return this.allow('delivery.logs.amazonaws.com', ['kms:GenerateDataKey*', 'kms:Decrypt'], {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
    });
  }

  /**
   * Lets CloudTrail encrypt the log files of one trail, and nobody decrypt them by this alone.
   *
   * @param trailArn the trail, built from its name: a reference would be a circle
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
   */
  public allowTrail(trailArn: string): this {
    const { partition, account } = Stack.of(this);
    this.allow(
      'cloudtrail.amazonaws.com',
      ['kms:GenerateDataKey*'],
      {
        StringEquals: { 'aws:SourceArn': trailArn },
        StringLike: {
          'kms:EncryptionContext:aws:cloudtrail:arn': `arn:${partition}:cloudtrail:*:${account}:trail/*`,
        },
      },
      'EncryptTrail',
    );
    return this.allow(
      'cloudtrail.amazonaws.com',
      ['kms:DescribeKey'],
      { StringEquals: { 'aws:SourceArn': trailArn } },
      'DescribeForTrail',
    );
  }

  private allow(service: string, actions: string[], conditions: Record<string, unknown>, sid?: string): this {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: sid ?? `Use${service.replace(/[^a-zA-Z0-9]/g, '')}`,
        principals: [new ServicePrincipal(service)],
        actions,
        resources: ['*'],
        conditions,
      }),
    );
    return this;
  }
}
