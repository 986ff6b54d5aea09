import { z } from 'zod';

/** Training, evaluation, gate, review. */
export const deliverySchema = z.strictObject({
  compute: z.enum(['sagemaker', 'workers']).default('sagemaker').meta({
    description:
      'Who runs training and evaluation: SageMaker jobs, or workers of yours that poll a queue (task tokens).',
  }),
  reviewDeadlineHours: z
    .int()
    .min(1)
    .max(720)
    .default(168)
    .meta({ description: 'Hours until an open review counts as refused.' }),
});
