import { BY_USE, ENDPOINT_USD_PER_MONTH, PRICES, PRICES_NOTED, SYSTEM_NODES_USD_PER_MONTH } from './prices';
import type { ReportedTemplate } from './templates';

/** One line of the estimate. */
export interface CostLine {
  readonly what: string;
  readonly count: number;
  /** USD per month for all of them. */
  readonly usdPerMonth: number;
}

/** What the platform costs while nothing uses it. */
export interface Cost {
  /** Day on which the prices were noted; they are not taken from a price list. */
  readonly pricesNoted: string;
  readonly lines: readonly CostLine[];
  /** USD per month, with few and with many system nodes. */
  readonly usdPerMonth: { readonly low: number; readonly high: number };
  /** What costs by use alone. */
  readonly byUse: readonly string[];
}

/** Estimates the cost at rest from the templates and the price table. */
export function restingCost(templates: readonly ReportedTemplate[]): Cost {
  const resources = templates.flatMap(({ Resources = {} }) => Object.values(Resources));
  const ofType = (type: string) => resources.filter((resource) => resource.Type === type);
  const priced = PRICES.map(({ type, usdPerMonth, unit }) => {
    const count = ofType(type).length;
    return { what: `${type.replace('AWS::', '')} (${unit})`, count, usdPerMonth: round(count * usdPerMonth) };
  });
  const endpoints = ofType('AWS::EC2::VPCEndpoint').reduce(
    (sum, { Properties }) => sum + ((Properties?.['SubnetIds'] as unknown[] | undefined)?.length ?? 0),
    0,
  );
  const lines = [
    ...priced,
    {
      what: 'EC2::VPCEndpoint (interface endpoint and zone, 0.01 per hour)',
      count: endpoints,
      usdPerMonth: round(endpoints * ENDPOINT_USD_PER_MONTH),
    },
  ].filter(({ count }) => count > 0);
  const fixed = lines.reduce((sum, line) => sum + line.usdPerMonth, 0);
  const nodes = ofType('AWS::EKS::Cluster').length;
  return {
    pricesNoted: PRICES_NOTED,
    lines: lines.toSorted((a, b) => b.usdPerMonth - a.usdPerMonth),
    usdPerMonth: {
      low: Math.round(fixed + nodes * SYSTEM_NODES_USD_PER_MONTH.low),
      high: Math.round(fixed + nodes * SYSTEM_NODES_USD_PER_MONTH.high),
    },
    byUse: [
      `system nodes of Auto Mode: ${SYSTEM_NODES_USD_PER_MONTH.low} to ${SYSTEM_NODES_USD_PER_MONTH.high} USD per month and cluster (in the sum)`,
      ...BY_USE,
    ],
  };
}

function round(usd: number): number {
  return Math.round(usd * 100) / 100;
}
