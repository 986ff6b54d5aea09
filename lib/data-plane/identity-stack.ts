import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EncryptionKey, ServiceClient, TokenIssuer } from '../../constructs';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `IdentityStack`. */
export interface IdentityStackProps {
  /** Configuration and names of the cell. */
  readonly input: CellInput;
}

/** Who may call the gateway of a cell: a Cognito user pool with its machine clients, or an issuer that you have. */
export class IdentityStack extends PlatformStack {
  /** Issuer of the tokens that the gateway accepts. */
  public readonly issuer: TokenIssuer;

  constructor(scope: Construct, id: string, { input }: IdentityStackProps) {
    super(scope, id, {
      platform: input.contract.platform,
      stage: input.names.cell,
      place: input.names,
      description: 'Who may call the gateway: token issuer, machine clients and their tenants',
      stateful: true,
      owner: input.config.owner,
    });
    const { issuer, tenantClaim } = input.config.identity;
    this.issuer = issuer
      ? TokenIssuer.oidc({ issuerUrl: issuer.url, jwksUrl: issuer.jwksUrl, audience: issuer.audience, tenantClaim })
      : this.createIssuer(input);
  }

  private createIssuer(input: CellInput): TokenIssuer {
    const { clients, tenantClaim, tokenMinutes } = input.config.identity;
    const encryptionKey = new EncryptionKey(this, 'Key', { description: 'Logs of the token issuer' }).allowLogs();
    const issuer = TokenIssuer.cognito(this, 'Issuer', {
      encryptionKey,
      domainPrefix: input.names.userPoolDomain,
      tenantClaim,
    });
    new CfnOutput(this, 'UserPoolId', { value: issuer.directory!.userPool.userPoolId });
    new CfnOutput(this, 'TokenUrl', { value: issuer.directory!.tokenUrl });
    for (const { name, tenant, tenantClass } of clients) {
      const client = new ServiceClient(this, `Client-${name}`, {
        issuer,
        tenant,
        tenantClass,
        tokenValidity: Duration.minutes(tokenMinutes),
      });
      new CfnOutput(this, `ClientId-${name}`, { value: client.clientId });
    }
    return issuer;
  }
}
