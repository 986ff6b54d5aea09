import type { IAuthorizationRule } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/AuthorizationRule';
import type { IJWTClaim } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/JWTClaim';
import type { ISecurityPolicy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/SecurityPolicy';
import type { TokenIssuer } from '../../identity';
import { GatewayHeader } from '../headers';
import type { CelAuthorizationRule } from './lagging-types';
import { ENVOY_GROUP, GATEWAY_GROUP } from './names';

const PROVIDER = 'issuer';

/** What a security policy protects, and who gets through. */
export interface SecurityPolicyProps {
  readonly name: string;
  readonly namespace: string;
  /** Object in the same namespace that the policy is for. */
  readonly target: { readonly kind: 'Gateway' | 'HTTPRoute'; readonly name: string };
  readonly issuer: TokenIssuer;
  /** Tenants that may call; every tenant if absent. */
  readonly tenants?: readonly string[];
}

/**
 * Denies everything but requests with a token of the issuer that holds the scope, a tenant, and, where tokens carry no
 * audience, a known client. Identity headers come from the token.
 */
export function securityPolicy({ name, namespace, target, issuer, tenants }: SecurityPolicyProps): ISecurityPolicy {
  return {
    apiVersion: `${ENVOY_GROUP}/v1alpha1`,
    kind: 'SecurityPolicy',
    metadata: { name, namespace },
    spec: {
      targetRefs: [{ group: GATEWAY_GROUP, ...target }],
      jwt: {
        providers: [
          {
            name: PROVIDER,
            issuer: issuer.issuerUrl,
            audiences: issuer.audience === undefined ? undefined : [issuer.audience],
            remoteJWKS: { uri: issuer.jwksUrl, cacheDuration: '300s' },
            claimToHeaders: [
              { claim: issuer.tenantClaim, header: GatewayHeader.tenant },
              { claim: issuer.tenantClassClaim, header: GatewayHeader.tenantClass },
              { claim: issuer.clientClaim, header: GatewayHeader.client },
            ],
          },
        ],
      },
      authorization: { defaultAction: 'Deny', rules: allowRules(issuer, tenants) },
    },
  };
}

function allowRules(issuer: TokenIssuer, tenants: readonly string[] | undefined): IAuthorizationRule[] | undefined {
  const claims: IJWTClaim[] = [];
  if (issuer.audience === undefined) {
    if (issuer.clientIds.length === 0) return undefined;
    claims.push({ name: issuer.clientClaim, valueType: 'String', values: [...issuer.clientIds] });
  }
  if (tenants) claims.push({ name: issuer.tenantClaim, valueType: 'String', values: [...tenants] });
  const rule: CelAuthorizationRule = {
    name: 'invoke',
    action: 'Allow',
    principal: {
      jwt: { provider: PROVIDER, scopes: [issuer.invokeScope], claims: claims.length > 0 ? claims : undefined },
    },
    cel: `'${GatewayHeader.tenant}' in request.headers`,
  };
  return [rule];
}
