import type { PlatformReport } from './platform-report';

/** The report as plain text of at most 120 columns. */
export function textReport(report: PlatformReport): string {
  const { totals, cost } = report;
  return [
    `${report.platform}: ${totals.stacks} stacks, ${totals.resources} resources`,
    ...report.stages.flatMap(({ name, stacks }) => [
      '',
      name,
      ...stacks.map(({ path, resources, wildcards, protectedFromDeletion }) => {
        const count = Object.values(resources).reduce((a, b) => a + b, 0);
        const notes = [
          protectedFromDeletion && 'resists deletion',
          wildcards.length > 0 && `${wildcards.length} wildcards`,
        ]
          .filter(Boolean)
          .join(', ');
        return `  ${path.split('/').slice(1).join('/').padEnd(24)}${String(count).padStart(4)} resources  ${notes}`;
      }),
    ]),
    '',
    `Cost at rest: about ${cost.usdPerMonth.low} to ${cost.usdPerMonth.high} USD per month (list prices of us-east-1 as noted on ${cost.pricesNoted}; check them before you rely on them)`,
    ...cost.lines.map(({ what, count, usdPerMonth }) => `  ${usdPerMonth.toFixed(2).padStart(9)}  ${count} x ${what}`),
    '  by use, not in the sum unless said:',
    ...cost.byUse.map((line) => `    - ${line}`),
    '',
    `Relaxations: ${report.relaxations.length}`,
    ...report.relaxations.map(({ path, meaning }) => `  ${path}: ${meaning}`),
    '',
    `Permissions with a wildcard: ${totals.wildcards}, ${totals.unexplained} without a reason`,
    ...report.stages
      .flatMap(({ stacks }) => stacks)
      .flatMap(({ wildcards }) =>
        wildcards.map(({ path, wildcard, reason }) => `  ${path}\n    ${wildcard}: ${reason || 'NO REASON GIVEN'}`),
      ),
    '',
    `Exceptions from rules: ${report.exceptions.length}`,
    ...report.exceptions.map(
      ({ path, rule, reason, expires }) => `  ${path}\n    ${rule}: ${reason} (until ${expires})`,
    ),
    '',
    `Stays after 'cdk destroy': ${totals.retained} resources`,
    ...report.stages
      .flatMap(({ stacks }) => stacks)
      .flatMap(({ path, retained }) => retained.map(({ logicalId, type }) => `  ${path}: ${type} ${logicalId}`)),
    '',
  ].join('\n');
}
