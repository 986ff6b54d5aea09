import { z } from 'zod';

/** Kubernetes cluster of one cell. */
export const clusterSchema = z.strictObject({
  administrators: z
    .array(z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'use the ARN of an IAM role'))
    .max(10)
    .default([])
    .meta({ description: 'Roles with cluster administration. None by default.' }),
  maxCpus: z.int().min(4).max(2000).default(64).meta({ description: 'CPUs at most over all nodes without GPUs.' }),
  gpuPool: z
    .strictObject({
      maxGpus: z.int().min(1).max(64).default(2).meta({ description: 'GPUs at most, over all nodes.' }),
      families: z
        .array(z.enum(['g5', 'g6', 'g6e', 'p4d', 'p4de', 'p5', 'p5e', 'p5en']))
        .min(1)
        .default(['g6', 'g6e'])
        .meta({ description: 'Instance families.' }),
      spot: z.boolean().default(false).meta({ description: 'Whether interruptible capacity may be used.' }),
    })
    .optional()
    .meta({ description: 'GPU nodes, from zero; absent means none.' }),
});
