import { z } from 'zod';
import { shortName } from './common';

/** Who may call the gateway. */
export const identitySchema = z.strictObject({
  issuer: z
    .strictObject({
      url: z.url({ protocol: /^https$/ }).meta({ description: 'Issuer as in the `iss` claim.' }),
      jwksUrl: z.url({ protocol: /^https$/ }).meta({ description: 'Address of its key set.' }),
      audience: z.string().min(1).meta({ description: 'Value that the `aud` claim must hold.' }),
    })
    .optional()
    .meta({ description: 'An identity provider that you have; without it a Cognito user pool is made.' }),
  tenantClaim: z
    .string()
    .regex(/^[a-z][a-z0-9_:]*$/i, 'use a claim name')
    .default('tenant')
    .meta({ description: 'Claim of the verified token that names the tenant.' }),
  tokenMinutes: z
    .int()
    .min(5)
    .max(1440)
    .default(60)
    .meta({ description: 'Minutes that a token of a machine client is valid.' }),
  clients: z
    .array(
      z.strictObject({
        name: shortName(32).meta({ description: 'Name of the machine client.' }),
        tenant: shortName(39).meta({ description: 'Tenant that its tokens carry.' }),
        tenantClass: shortName(39)
          .default('standard')
          .meta({ description: 'Class of the tenant, shown in the access log.' }),
      }),
    )
    .max(50)
    .default([])
    .meta({ description: 'Machine clients that get tokens by client credentials.' }),
});
