import { z } from 'zod';

const named = z.object({ name: z.string(), version: z.string(), digest: z.string() });

/**
 * Evidence of an evaluation container, as far as the gate reads it. A metric may be anything: one that is not a finite number
 * fails its gate, instead of making the whole document unreadable.
 */
export const evidenceSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('evaluation'),
  model: z.object({ name: z.string(), digest: z.string(), trainedOn: named.optional() }),
  dataset: named.extend({ rows: z.number().int() }),
  heldOutIndependent: z.boolean().optional(),
  metrics: z.record(z.string(), z.unknown()),
});

/** Evidence of an evaluation container. */
export type Evidence = z.output<typeof evidenceSchema>;

/** The metrics that are finite numbers. */
export function finiteMetrics(evidence: Evidence): Record<string, number> {
  return Object.fromEntries(
    Object.entries(evidence.metrics).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
