import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Problem } from '../core/errors';
import { matches, when } from '../core/validate';
import { ClientDirectory, type ClientDirectoryProps, TENANT_CLASS_CLAIM } from './client-directory';

/** Properties for `TokenIssuer.oidc`. */
export interface OidcIssuerProps {
  /** Issuer as in the `iss` claim, an https address. */
  readonly issuerUrl: string;

  /** Address of the key set, an https address that the gateway can reach. */
  readonly jwksUrl: string;

  /** Value that the `aud` claim must hold. */
  readonly audience: string;

  /**
   * Scope that lets a client call the gateway.
   *
   * @default 'inference/invoke'
   */
  readonly invokeScope?: string;

  /**
   * Claim that names the tenant.
   *
   * @default 'tenant'
   */
  readonly tenantClaim?: string;

  /**
   * Claim that names the client.
   *
   * @default 'sub'
   */
  readonly clientClaim?: string;
}

/** Properties for `TokenIssuer.cognito`. */
export type CognitoIssuerProps = ClientDirectoryProps;

interface TokenIssuerFields {
  readonly issuerUrl: string;
  readonly jwksUrl: string;
  readonly audience?: string;
  readonly invokeScope: string;
  readonly tenantClaim: string;
  readonly clientClaim: string;
  readonly directory?: ClientDirectory;
}

/**
 * Who issues the tokens that the gateway accepts, and what it checks in them.
 *
 * Either a Cognito user pool made here, or an OpenID Connect provider that you have. Tokens of Cognito's client credentials
 * carry no audience: there the gateway checks the client id and the scope instead.
 */
export class TokenIssuer {
  /**
   * Makes a Cognito user pool for machine clients.
   *
   * @throws PlatformError `InvalidFormat` when the domain prefix or the claim name does not fit
   */
  public static cognito(scope: Construct, id: string, props: CognitoIssuerProps): TokenIssuer {
    const directory = new ClientDirectory(scope, id, props);
    const { region, urlSuffix } = Stack.of(directory);
    const issuerUrl = `https://cognito-idp.${region}.${urlSuffix}/${directory.userPool.userPoolId}`;
    return new TokenIssuer({
      issuerUrl,
      jwksUrl: `${issuerUrl}/.well-known/jwks.json`,
      invokeScope: 'inference/invoke',
      tenantClaim: props.tenantClaim ?? 'tenant',
      clientClaim: 'client_id',
      directory,
    });
  }

  /** Names an OpenID Connect provider that you have. What uses it checks it (`problems`). */
  public static oidc(props: OidcIssuerProps): TokenIssuer {
    const { invokeScope = 'inference/invoke', tenantClaim = 'tenant', clientClaim = 'sub' } = props;
    return new TokenIssuer({ ...props, invokeScope, tenantClaim, clientClaim });
  }

  /** Issuer as in the `iss` claim. */
  public readonly issuerUrl: string;

  /** Address of the key set. */
  public readonly jwksUrl: string;

  /** Value that the `aud` claim must hold; absent where tokens carry none. */
  public readonly audience?: string;

  /** Scope that lets a client call the gateway. */
  public readonly invokeScope: string;

  /** Claim that names the tenant. */
  public readonly tenantClaim: string;

  /** Claim that names the class of the tenant; tokens may lack it. */
  public readonly tenantClassClaim: string = TENANT_CLASS_CLAIM;

  /** Claim that names the client. */
  public readonly clientClaim: string;

  /** The user pool behind this issuer; absent for an issuer that you have. */
  public readonly directory?: ClientDirectory;

  private constructor(fields: TokenIssuerFields) {
    this.issuerUrl = fields.issuerUrl;
    this.jwksUrl = fields.jwksUrl;
    this.audience = fields.audience;
    this.invokeScope = fields.invokeScope;
    this.tenantClaim = fields.tenantClaim;
    this.clientClaim = fields.clientClaim;
    this.directory = fields.directory;
  }

  /** What is wrong with the addresses and names. */
  public problems(): Problem[] {
    const https = /^https:\/\/[^\s/]+/;
    return [
      ...matches('issuer.issuerUrl', this.issuerUrl, https, 'an https address'),
      ...matches('issuer.jwksUrl', this.jwksUrl, https, 'an https address'),
      ...matches('issuer.tenantClaim', this.tenantClaim, /^[a-z][a-z0-9_:.]*$/i, 'a claim name'),
      ...matches('issuer.clientClaim', this.clientClaim, /^[a-z][a-z0-9_:.]*$/i, 'a claim name'),
      ...when(
        this.audience === '',
        'InvalidFormat',
        "'issuer.audience' must not be empty; name the audience of the tokens",
      ),
      ...when(
        this.invokeScope === '',
        'InvalidFormat',
        "'issuer.invokeScope' must not be empty; name the scope to check",
      ),
    ];
  }

  /** Ids of the clients that may call where tokens carry no audience: those of the `ServiceClient`s defined so far. */
  public get clientIds(): readonly string[] {
    return this.directory?.clientIds ?? [];
  }
}
