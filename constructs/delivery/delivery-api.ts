import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { grantWithWildcards } from '../core/permission-ledger';

/** Properties for `DeliveryApi`. */
export interface DeliveryApiProps {
  /** Customer managed key that encrypts the access log. It must allow CloudWatch Logs (`EncryptionKey.allowLogs`). */
  readonly encryptionKey: IKey;
}

/** One operation of the API. */
export interface DeliveryOperation {
  /** Id of the operation, PascalCase. */
  readonly id: string;
  /** Method. */
  readonly method: 'GET' | 'POST';
  /** Path with parameters in braces, for example `/reviews/{model}/{version}`. */
  readonly path: string;
  /** Function that answers. */
  readonly handler: IFunction;
}

/** Requests per second, and as a burst: people and pipelines call it, not traffic. */
const THROTTLE = { rateLimit: 10, burstLimit: 20 };

/**
 * The API through which people submit and review models. AWS checks who calls: every request is signed with AWS credentials
 * (Signature Version 4), and the function learns the caller from the signature, never from the request.
 *
 * An HTTP API: TLS 1.2 or better, IAM authorisation on every route, throttled, access log kept one year. It answers unsigned
 * requests with 403 before any code runs; AWS WAF cannot be attached to an HTTP API. Costs about 1 USD per million requests,
 * nothing at rest.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
 */
export class DeliveryApi extends Construct {
  /** The HTTP API. */
  public readonly resource: HttpApi;

  /** Base URL without a slash at its end. */
  public readonly url: string;

  constructor(scope: Construct, id: string, { encryptionKey }: DeliveryApiProps) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      encryptionKey,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.resource = new HttpApi(this, 'Resource', {
      apiName: `${Stack.of(this).stackName}-models`,
      description: 'Submission and review of models, by signed requests',
      defaultAuthorizer: new HttpIamAuthorizer(),
      createDefaultStage: false,
    });
    this.resource.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: THROTTLE,
      detailedMetricsEnabled: true,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: ACCESS_LOG },
    });
    this.url = this.resource.apiEndpoint;
  }

  /** Adds an operation. Nobody may call it before `grantInvoke`. */
  public addOperation({ id, method, path, handler }: DeliveryOperation): void {
    this.resource.addRoutes({
      path,
      methods: [HttpMethod[method]],
      integration: new HttpLambdaIntegration(id, handler, { timeout: Duration.seconds(29) }),
    });
  }

  /**
   * Lets `grantee` call one method and path; `*` stands for a path parameter.
   *
   * Actions: `execute-api:Invoke` on that method and path.
   */
  public grantInvoke(grantee: IGrantable, method: 'GET' | 'POST', path: string): Grant {
    const { account, region, partition } = Stack.of(this);
    const stage = `arn:${partition}:execute-api:${region}:${account}:${this.resource.apiId}/$default`;
    const options = { grantee, actions: ['execute-api:Invoke'], resourceArns: [`${stage}/${method}${path}`] };
    return grantWithWildcards(options, 'a reviewer may look at and decide on every model');
  }
}

const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    path: '$context.path',
    status: '$context.status',
    caller: '$context.identity.userArn',
    error: '$context.error.message',
    latency: '$context.responseLatency',
  }),
);
