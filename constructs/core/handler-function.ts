import { existsSync } from 'node:fs';
import path from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { PlatformError } from './errors';
import { acknowledgeWildcard, grantWithWildcards } from './permission-ledger';

/** Properties for `HandlerFunction`. */
export interface HandlerFunctionProps {
  /** Folder of the handler below `constructs/`, for example `delivery/promotion-gate`; it holds `handler.ts`. */
  readonly handler: string;

  /** What the function does; shown in the console. */
  readonly description: string;

  /** Key that encrypts the logs and the environment. It must allow CloudWatch Logs (`EncryptionKey.allowLogs`). */
  readonly encryptionKey: IKey;

  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: Record<string, string>;

  /**
   * Longest run, 1 second to 15 minutes.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;

  /**
   * Memory in MiB, 128 to 10240.
   *
   * @default 256
   */
  readonly memorySize?: number;

  /**
   * Network of the function.
   *
   * @default - outside any VPC
   */
  readonly vpc?: IVpc;

  /**
   * Security groups in `vpc`.
   *
   * @default - one without ingress
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * Whether to send traces to X-Ray. It takes a permission on every resource, since X-Ray knows no narrower one.
   *
   * @default false
   */
  readonly traced?: boolean;
}

/**
 * A Lambda function of this library: Node.js 24 on Arm, encrypted log group kept one year.
 *
 * Its role may write to that log group; everything else is granted.
 * The code was bundled when the package was built (`scripts/build-handlers.mjs`): synth needs no compiler. Costs nothing
 * at rest.
 */
export class HandlerFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      encryptionKey: props.encryptionKey,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const role = executionRole(scope, id, logGroup, props);
    super(scope, id, {
      role,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(handlerFolder(scope, props.handler)),
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memorySize ?? 256,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.environment },
      environmentEncryption: props.encryptionKey,
      tracing: props.traced ? Tracing.ACTIVE : Tracing.DISABLED,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      vpc: props.vpc,
      securityGroups: props.securityGroups,
    });
  }
}

/** Network calls of Lambda for a function in a VPC. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
];

/** A role of our own instead of AWS's managed policies, which reach every log group of the account. */
function executionRole(
  scope: Construct,
  id: string,
  logGroup: ILogGroup,
  { vpc, description, traced }: HandlerFunctionProps,
): Role {
  const grantee = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description,
  });
  const logs = {
    grantee,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resourceArns: [logGroup.logGroupArn],
  };
  Grant.addToPrincipal(logs);
  if (vpc) {
    const network = { grantee, actions: NETWORK_ACTIONS, resourceArns: ['*'] };
    grantWithWildcards(network, 'Lambda attaches a function to its VPC by calls that know no resource');
  }
  if (traced) {
    const reason = 'X-Ray takes traces without a resource to name';
    acknowledgeWildcard(grantee, { wildcards: ['Resource::*'], reason });
  }
  return grantee;
}

/** Folder with the bundle of `handler`, both in this repository and in the published package (`dist/`). */
function handlerFolder(scope: Construct, handler: string): string {
  const name = path.join('assets', 'handlers', handler.replaceAll('/', '-'));
  const found = [path.join(__dirname, '../..', name), path.join(__dirname, '../../..', name)].find((folder) =>
    existsSync(folder),
  );
  if (found) return found;
  const text = `the bundle of handler '${handler}' is missing; run 'npm run build:handlers' in the groundplane package`;
  throw new PlatformError([{ code: 'HandlerNotBuilt', text }], scope);
}
