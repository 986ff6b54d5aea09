import { z } from 'zod';

/** Network of one cell. */
export const networkSchema = z.strictObject({
  cidr: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|20)$/, "use a CIDR block of /16 to /20 such as '10.20.0.0/16'")
    .default('10.20.0.0/16')
    .meta({ description: 'Address range of the VPC, /16 to /20.' }),
  natGateways: z
    .int()
    .min(1)
    .max(4)
    .default(1)
    .meta({ description: 'NAT gateways; one per zone survives the loss of a zone.' }),
  interfaceEndpoints: z.boolean().default(false).meta({
    description:
      'Private endpoints for ECR, STS, KMS, Logs, Secrets Manager and EKS; about 7.30 USD per month each and zone.',
  }),
});
