import { z } from 'zod';

/** Audit of one account and region. */
export const auditSchema = z.strictObject({
  trail: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether to make a CloudTrail trail; false where the organisation has one.' }),
  dataEvents: z.boolean().default(true).meta({
    description:
      'Whether the trail records every access to models, datasets, prompts, evidence, features and decisions.',
  }),
  queries: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether to make an Athena workgroup and table for the trail.' }),
  accessLogs: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether to make the bucket for access logs; false where one of that name exists already.' }),
  accessLogDays: z.int().min(1).max(3650).default(365).meta({ description: 'Days that access logs are kept.' }),
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
