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
  requestsPerAddress: z
    .int()
    .min(100)
    .max(2_000_000)
    .default(10_000)
    .meta({ description: 'Requests of one address in five minutes, at the firewall.' }),
  maxRequestBodyKiB: z.int().min(1).max(65_536).default(1024).meta({ description: 'Largest request body in KiB.' }),
  clientCidrs: z
    .array(z.cidrv4())
    .min(1)
    .max(50)
    .default(['0.0.0.0/0'])
    .meta({ description: 'Address ranges that may connect.' }),
  replicas: z.int().min(2).max(50).default(2).meta({ description: 'Proxies to keep running.' }),
  rateLimitNodeType: z
    .string()
    .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "use a node type such as 'cache.t4g.micro'")
    .default('cache.t4g.micro')
    .meta({ description: 'Node type of the shared counters.' }),
});
