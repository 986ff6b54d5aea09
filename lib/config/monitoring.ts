import { z } from 'zod';

/** Alarms, dashboards, cost. */
export const monitoringSchema = z.strictObject({
  monthlyBudgetUsd: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(1_000)
    .meta({ description: 'Monthly cost in USD at which the owner is told (at 80 % and when forecast).' }),
  runbookUrl: z
    .url({ protocol: /^https$/ })
    .optional()
    .meta({ description: 'Page of your runbooks; the ones of this repository by default.' }),
});
