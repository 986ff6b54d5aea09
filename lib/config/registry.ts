import { z } from 'zod';

/** Central registry. */
export const registrySchema = z.strictObject({
  evidenceRetentionDays: z
    .int()
    .min(1)
    .max(3650)
    .default(365)
    .meta({ description: 'Days that evaluation evidence cannot be deleted.' }),
  experiments: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether to make a managed MLflow (SageMaker MLflow App); false where you run your own.' }),
  breakGlassRoles: z
    .array(z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'use the ARN of an IAM role'))
    .max(5)
    .default([])
    .meta({ description: 'Roles that may delete versions of objects, for an erasure that the law demands.' }),
});
