import { z } from 'zod';

/** Public edge and inference gateway of one cell. */
export const gatewaySchema = z.strictObject({
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{6,31}$/, 'use a Route 53 hosted zone id')
    .optional()
    .meta({ description: 'Public zone of `domain`; with it the certificate and the DNS record are made for you.' }),
  certificateArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/, 'use the ARN of an ACM certificate')
    .optional()
    .meta({ description: 'A certificate that you have for `domain`.' }),
  requestsPerMinutePerTenant: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .meta({ description: 'Requests per tenant and minute.' }),
});
