import { Duration } from 'aws-cdk-lib';
import { type IUserPoolClient, UserPoolClient, UserPoolClientIdentityProvider } from 'aws-cdk-lib/aws-cognito';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { PlatformError } from '../core/errors';
import { dnsLabel, duration, requireNone } from '../core/validate';
import type { ClientDirectory } from './client-directory';
import type { TokenIssuer } from './token-issuer';

/** Properties for `ServiceClient`. */
export interface ServiceClientProps {
  /** Issuer that gives its tokens; one of `TokenIssuer.cognito`. */
  readonly issuer: TokenIssuer;

  /** Tenant that its tokens carry: 2 to 39 lower-case letters, digits or hyphens. */
  readonly tenant: string;

  /**
   * Class of the tenant, for logs and limits: 2 to 39 lower-case letters, digits or hyphens.
   *
   * @default 'standard'
   */
  readonly tenantClass?: string;

  /**
   * Lifetime of a token, 5 minutes to 1 day.
   *
   * @default Duration.hours(1)
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
   */
  readonly tokenValidity?: Duration;
}

/**
 * A program that calls the gateway on behalf of one tenant, by OAuth client credentials.
 *
 * The secret stays in Cognito and in no template, log or parameter; whoever runs the program reads it once with
 * `aws cognito-idp describe-user-pool-client`. Cognito bills about 6 USD per month for a machine client, and each token.
 */
export class ServiceClient extends Construct {
  /** The client in the user pool. */
  public readonly resource: IUserPoolClient;

  /** Public id of the client. */
  public readonly clientId: string;

  /** Tenant that its tokens carry. */
  public readonly tenant: string;

  constructor(scope: Construct, id: string, props: ServiceClientProps) {
    super(scope, id);
    const { issuer, tenant, tenantClass = 'standard', tokenValidity = Duration.hours(1) } = props;
    requireNone(
      this,
      dnsLabel('tenant', tenant),
      dnsLabel('tenantClass', tenantClass),
      duration('tokenValidity', tokenValidity, 300, 86_400),
    );
    const directory = this.requireDirectory(issuer);

    this.resource = this.createClient(directory, tokenValidity);
    this.clientId = this.resource.userPoolClientId;
    this.tenant = tenant;
    new StringParameter(this, 'Record', {
      parameterName: `${directory.recordPath}/${this.clientId}`,
      simpleName: false,
      description: `Tenant of the machine client ${this.node.path}`,
      stringValue: JSON.stringify({ tenant, tenantClass }),
      tier: ParameterTier.STANDARD,
    });
    directory.addClientId(this.clientId);
  }

  private requireDirectory(issuer: TokenIssuer): ClientDirectory {
    if (issuer.directory) return issuer.directory;
    const text = `'issuer' must come from TokenIssuer.cognito, got ${issuer.issuerUrl}; define the client at that provider`;
    throw new PlatformError([{ code: 'IssuerNotManaged', text }], this);
  }

  private createClient(directory: ClientDirectory, accessTokenValidity: Duration): UserPoolClient {
    return new UserPoolClient(this, 'Resource', {
      userPool: directory.userPool,
      generateSecret: true,
      authFlows: { userSrp: false }, // without it Cognito lets people sign in through this client
      oAuth: { flows: { clientCredentials: true }, scopes: [directory.invoke] },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      accessTokenValidity,
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
  }
}
