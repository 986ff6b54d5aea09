import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsKeys, type EmulatedAws, ROOT_KEYS } from './emulated-aws';
import { LocalFailure } from './failure';

/** One identity and the clients that call as it. */
export class AwsSession {
  /** Whom the calls come from. */
  public readonly principal: string;
  /** Keys of the identity. */
  public readonly keys: AwsKeys;
  public readonly workflows: SFNClient;
  public readonly queues: SQSClient;
  public readonly objects: S3Client;
  public readonly tables: DynamoDBClient;
  public readonly stacks: CloudFormationClient;
  readonly #aws: EmulatedAws;
  readonly #tokens: STSClient;

  private constructor(aws: EmulatedAws, keys: AwsKeys, principal: string) {
    this.#aws = aws;
    this.keys = keys;
    this.principal = principal;
    const common = {
      endpoint: aws.url,
      region: aws.region,
      credentials: keys,
      maxAttempts: 2,
      requestHandler: { httpsAgent: new Agent({ ca: readFileSync(aws.certificate), keepAlive: true }) },
    };
    this.workflows = new SFNClient(common);
    this.queues = new SQSClient({ ...common, useQueueUrlAsEndpoint: false });
    this.objects = new S3Client({ ...common, forcePathStyle: true });
    this.tables = new DynamoDBClient(common);
    this.stacks = new CloudFormationClient(common);
    this.#tokens = new STSClient(common);
  }

  /** The root user of the emulator: for what an operator of the machine does, never for the life of a model. */
  public static root(aws: EmulatedAws): AwsSession {
    return new AwsSession(aws, ROOT_KEYS, `arn:aws:iam::${aws.account}:root`);
  }

  /**
   * The identity of `role`, as the person `name`.
   *
   * @throws LocalFailure when the emulator refuses
   */
  public async assume(role: string, name: string): Promise<AwsSession> {
    const arn = `arn:aws:iam::${this.#aws.account}:role/${role}`;
    const { Credentials: keys, AssumedRoleUser: user } = await this.#tokens.send(
      new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: name }),
    );
    if (!keys?.AccessKeyId || !keys.SecretAccessKey || !keys.SessionToken || !user?.Arn) {
      throw new LocalFailure(`the emulator gave no keys for ${arn}`);
    }
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = keys;
    return new AwsSession(this.#aws, { accessKeyId, secretAccessKey, sessionToken }, user.Arn);
  }
}
