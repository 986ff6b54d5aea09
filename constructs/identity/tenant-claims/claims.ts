import { z } from 'zod';

/** What a machine client stands for; kept beside the user pool, one record per client. */
export const clientRecord = z.strictObject({
  tenant: z.string().min(1),
  tenantClass: z.string().min(1),
});

/** What a machine client stands for. */
export type ClientRecord = z.infer<typeof clientRecord>;

/**
 * The part of the trigger event that decides; the rest goes back as it came.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const tokenEvent = z.looseObject({
  triggerSource: z.string(),
  callerContext: z.looseObject({ clientId: z.string().min(1) }),
});

/** The event of the pre-token-generation trigger. */
export type TokenEvent = z.infer<typeof tokenEvent>;

/** Names of the claims that are added. */
export interface ClaimNames {
  /** Claim that names the tenant. */
  readonly tenant: string;
  /** Claim that names the class of the tenant. */
  readonly tenantClass: string;
}

/** Whether the token is for a machine client; only such tokens get a tenant. */
export function isClientCredentials(event: TokenEvent): boolean {
  return event.triggerSource === 'TokenGeneration_ClientCredentials';
}

/** The event with the claims of `record` added to the access token. */
export function withClaims(event: TokenEvent, record: ClientRecord, names: ClaimNames): TokenEvent {
  const claimsToAddOrOverride = { [names.tenant]: record.tenant, [names.tenantClass]: record.tenantClass };
  return {
    ...event,
    response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride } } },
  };
}
