import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AccountRecovery,
  FeaturePlan,
  type IUserPool,
  LambdaVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolDomain,
  UserPoolOperation,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { HandlerFunction } from '../core/handler-function';
import { acknowledgeFinding, grantWithWildcards } from '../core/permission-ledger';
import { matches, requireNone } from '../core/validate';

/** Claim of every token that names the class of its tenant. */
export const TENANT_CLASS_CLAIM = 'tenant_class';

/** Properties for `ClientDirectory`. */
export interface ClientDirectoryProps {
  /** Key of the trigger's logs and environment. It must allow CloudWatch Logs (`EncryptionKey.allowLogs`). */
  readonly encryptionKey: IKey;

  /** Prefix of the Cognito domain that gives tokens, unique in the region: 2 to 63 lower-case letters, digits or hyphens. */
  readonly domainPrefix: string;

  /**
   * Claim that names the tenant.
   *
   * @default 'tenant'
   */
  readonly tenantClaim?: string;
}

/**
 * A Cognito user pool for machine clients, and the record of the tenant that each client stands for.
 *
 * Nobody can sign up. Client-credentials tokens of Cognito carry neither audience nor tenant, so a trigger looks the client
 * up and adds the tenant; a client without a record gets no token. The pool resists deletion and is retained. Without clients
 * it costs nothing at rest.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export class ClientDirectory extends Construct {
  /** The user pool. */
  public readonly userPool: IUserPool;

  /** Scopes that a client can hold. */
  public readonly resourceServer: UserPoolResourceServer;

  /** Scope that lets a client call the gateway. */
  public readonly invoke: OAuthScope;

  /** Address that gives tokens. */
  public readonly tokenUrl: string;

  /** Path in the parameter store that holds the records of the clients. */
  public readonly recordPath: string;

  /** Adds the tenant to each token. */
  public readonly trigger: HandlerFunction;

  readonly #clientIds: string[] = [];

  constructor(scope: Construct, id: string, props: ClientDirectoryProps) {
    super(scope, id);
    const { encryptionKey, domainPrefix, tenantClaim = 'tenant' } = props;
    requireNone(
      this,
      matches(
        'domainPrefix',
        domainPrefix,
        /^(?!.*(aws|amazon|cognito))[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/,
        "2 to 63 lower-case letters, digits or hyphens without 'aws', 'amazon' or 'cognito'",
      ),
      matches('tenantClaim', tenantClaim, /^[a-z][a-z0-9_:]*$/i, 'a claim name'),
    );

    this.recordPath = `/${Names.uniqueResourceName(this, { maxLength: 100, separator: '-' })}/clients`;
    this.trigger = this.createTrigger(encryptionKey, tenantClaim);
    const pool = this.createPool();
    this.userPool = pool;
    const invoke = new ResourceServerScope({
      scopeName: 'invoke',
      scopeDescription: 'Call a model through the gateway',
    });
    this.resourceServer = pool.addResourceServer('Inference', { identifier: 'inference', scopes: [invoke] });
    this.invoke = OAuthScope.resourceServer(this.resourceServer, invoke);
    this.tokenUrl = `${this.createDomain(pool, domainPrefix).baseUrl()}/oauth2/token`;
  }

  /** Ids of the clients that have a record here. */
  public get clientIds(): readonly string[] {
    return this.#clientIds;
  }

  /** Enters a client, so that the gateway lets it in. `ServiceClient` does it. */
  public addClientId(clientId: string): void {
    this.#clientIds.push(clientId);
  }

  /** Tokens that were refused because the client has no record, or because the lookup failed. */
  public metricRefusedTokens(): Metric {
    return this.trigger.metricErrors();
  }

  private createPool(): UserPool {
    const pool = new UserPool(this, 'Resource', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      accountRecovery: AccountRecovery.NONE,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, this.trigger, LambdaVersion.V3_0);
    acknowledgeFinding(pool, {
      rule: 'AwsSolutions-COG3',
      reason: 'Threat protection judges sign-ins of people; this pool has none, only machine clients',
      expires: '2027-11-30',
    });
    acknowledgeFinding(pool, {
      rule: 'AwsSolutions-COG8',
      reason: 'What the Plus plan adds judges sign-ins of people; Essentials has the trigger that machine clients need',
      expires: '2027-11-30',
    });
    return pool;
  }

  private createDomain(pool: UserPool, domainPrefix: string): UserPoolDomain {
    return pool.addDomain('Domain', { cognitoDomain: { domainPrefix } });
  }

  private createTrigger(encryptionKey: IKey, tenantClaim: string): HandlerFunction {
    const trigger = new HandlerFunction(this, 'TenantClaims', {
      handler: 'identity/tenant-claims',
      description: 'Adds the tenant to the tokens of machine clients',
      encryptionKey,
      environment: {
        CLIENT_RECORDS: this.recordPath,
        TENANT_CLAIM: tenantClaim,
        TENANT_CLASS_CLAIM,
      },
    });
    const records = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: `${this.recordPath.slice(1)}/*`,
    });
    grantWithWildcards(
      { grantee: trigger, actions: ['ssm:GetParameter'], resourceArns: [records] },
      'One record per client below one path: the id of a client is known only after the pool, which needs this function',
    );
    return trigger;
  }
}
