import { z } from 'zod';

/** Audit of one account and region. */
export const auditSchema = z.strictObject({
  trail: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether to make a CloudTrail trail; false where the organisation has one.' }),
  retentionDays: z
    .int()
    .min(1)
    .max(3650)
    .default(365)
    .meta({ description: 'Days that an archived log cannot be deleted.' }),
  objectLock: z
    .enum(['GOVERNANCE', 'COMPLIANCE'])
    .default('GOVERNANCE')
    .meta({ description: 'COMPLIANCE cannot be undone by anybody, the account root included.' }),
});
