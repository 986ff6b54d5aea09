import { z } from 'zod';
import { semanticVersion, shortName } from './common';

const training = z.strictObject({
  dataset: shortName(39).meta({ description: 'Name of the dataset in the dataset store.' }),
  datasetVersion: semanticVersion.meta({ description: 'Version of the dataset.' }),
  image: shortName(39).meta({ description: 'Image of the training container, a key of the image lock.' }),
  evaluationImage: shortName(39).meta({ description: 'Image of the evaluation container, a key of the image lock.' }),
  instanceType: z
    .string()
    .regex(/^ml\.[a-z0-9.]+$/, "use a SageMaker instance type such as 'ml.m5.large'")
    .default('ml.m5.large')
    .meta({ description: 'Instance type of both jobs.' }),
  hyperparameters: z
    .record(z.string(), z.string())
    .default({})
    .meta({ description: 'Hyperparameters by default; an execution may override them.' }),
});

const gate = z.strictObject({
  metric: z.string().min(1).meta({ description: 'Metric of the evidence, for example `accuracy`.' }),
  atLeast: z.number().optional().meta({ description: 'Smallest value that passes.' }),
  atMost: z.number().optional().meta({ description: 'Largest value that passes.' }),
});

/** One model: how it is trained, judged, served and reached. */
export const modelSchema = z.strictObject({
  name: shortName(32).meta({ description: 'Model name; also the Kubernetes name and the path of its route.' }),
  server: z.enum(['fastApi', 'vllm']).meta({ description: 'Model server.' }),
  image: shortName(39).default('predictor').meta({ description: 'Image of the server, a key of the image lock.' }),
  replicas: z.int().min(1).max(64).default(2).meta({ description: 'Pods to keep running.' }),
  gpus: z.int().min(0).max(8).default(0).meta({ description: 'Whole GPUs per pod.' }),
  memoryGiB: z
    .number()
    .min(0.25)
    .max(2048)
    .optional()
    .meta({ description: 'Memory per pod in GiB; 1 for `fastApi`, 24 for `vllm` by default.' }),
  predictPath: z.boolean().default(true).meta({
    description: 'Whether `/predict` leads to this model, for `fastApi`; one model can have it.',
  }),
  maxModelLength: z
    .int()
    .min(256)
    .max(1_048_576)
    .optional()
    .meta({ description: 'Tokens of prompt and answer together, for `vllm`; 8192 by default.' }),
  owner: z
    .email()
    .optional()
    .meta({ description: 'Address of who answers for the model; the owner of the platform by default.' }),
  riskTier: z
    .enum(['low', 'limited', 'high'])
    .default('limited')
    .meta({ description: 'Risk tier: `high` needs two reviewers.' }),
  requestsPerMinutePerTenant: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: 'Requests per tenant and minute, instead of the one of the gateway.' }),
  training: training
    .optional()
    .meta({ description: 'How it is trained; absent for a model that is registered by hand.' }),
  gates: z
    .array(gate)
    .max(20)
    .default([])
    .meta({ description: 'What the evidence must show before a review is asked for.' }),
});
