import { z } from 'zod';

/** Central registry. */
export const registrySchema = z.strictObject({
  evidenceRetentionDays: z
    .int()
    .min(1)
    .max(3650)
    .default(365)
    .meta({ description: 'Days that evaluation evidence cannot be deleted.' }),
});
