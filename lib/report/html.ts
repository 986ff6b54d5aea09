import { type ComponentChildren, h, type JSX } from 'preact';

import { renderToString } from 'preact-render-to-string';
import { SCRIPT, STYLE } from './page-assets';
import type { PlatformReport, StackReport } from './platform-report';

type Element = JSX.Element;

/** The report as one page that needs nothing else: no network, no font, no script of others. */
export function htmlReport(report: PlatformReport): string {
  const page = h('html', { lang: 'en' }, [
    h('head', null, [
      h('meta', { charset: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('title', null, `${report.platform}: what would be deployed`),
      h('style', { dangerouslySetInnerHTML: { __html: STYLE } }),
    ]),
    h('body', null, [
      heading(report),
      h('main', null, [resources(report), cost(report), permissions(report), differences(report), retained(report)]),
      h('script', { dangerouslySetInnerHTML: { __html: SCRIPT } }),
    ]),
  ]);
  return `<!doctype html>\n${renderToString(page)}\n`;
}

function heading({ platform, totals, cost, relaxations }: PlatformReport): Element {
  return h('header', null, [
    h('h1', null, platform),
    h('p', null, 'What would be deployed, what it may do, what it costs at rest, and what stays.'),
    h('div', { class: 'tiles' }, [
      tile(totals.resources, `resources in ${totals.stacks} stacks`),
      tile(`${cost.usdPerMonth.low}–${cost.usdPerMonth.high}`, 'USD a month at rest'),
      tile(totals.wildcards, `wildcard permissions, ${totals.unexplained} without a reason`),
      tile(relaxations.length, 'relaxations'),
      tile(totals.retained, 'resources stay after teardown'),
    ]),
  ]);
}

function resources({ stages }: PlatformReport): Element {
  const largest = Math.max(...stages.flatMap(({ stacks }) => stacks.map(count)));
  const rows = stages.flatMap(({ name, stacks }) =>
    stacks.map((stack) => [
      name,
      h('span', null, [h('b', null, stack.path.split('/').slice(1).join('/')), h('small', null, stack.description)]),
      h('span', { class: 'bar', style: `--share:${Math.round((100 * count(stack)) / largest)}%` }, count(stack)),
      stack.protectedFromDeletion ? 'resists deletion' : '',
      h('details', null, [
        h('summary', null, `${Object.keys(stack.resources).length} types`),
        h(
          'ul',
          null,
          Object.entries(stack.resources).map(([type, number]) =>
            h('li', null, `${number} × ${type.replace('AWS::', '')}`),
          ),
        ),
      ]),
    ]),
  );
  return section(
    'Stacks',
    'In the order of deployment. A stack that holds data resists deletion.',
    table(['stage', 'stack', 'resources', 'data', 'types'], rows),
  );
}

function cost({ cost: { lines, byUse, pricesNoted, usdPerMonth } }: PlatformReport): Element {
  const rows = lines.map((line) => [line.what, line.count, line.usdPerMonth.toFixed(2)]);
  return section(
    'Cost at rest',
    `About ${usdPerMonth.low} to ${usdPerMonth.high} USD a month. List prices of us-east-1 as noted on ${pricesNoted}, not read from a price list: check them before you rely on them.`,
    table(['what', 'count', 'USD a month'], rows),
    h('h3', null, 'By use'),
    h(
      'ul',
      null,
      byUse.map((line) => h('li', null, line)),
    ),
  );
}

function permissions({ stages, totals }: PlatformReport): Element {
  const rows = stages
    .flatMap(({ stacks }) => stacks)
    .flatMap(({ wildcards }) =>
      wildcards.map(({ path, wildcard, reason }) => [
        h('code', null, wildcard),
        reason || h('strong', null, 'no reason given'),
        h('small', null, path),
      ]),
    );
  return section(
    'Permissions with a wildcard',
    `${totals.wildcards}, each with its reason; ${totals.unexplained} without.`,
    table(['wildcard', 'reason', 'where'], rows),
  );
}

function differences({ relaxations, exceptions }: PlatformReport): Element {
  return section(
    'Relaxations and exceptions',
    'A relaxation is a value of the configuration that is less safe, or less like the cloud, than it could be. An exception is a rule that does not hold here, with its end.',
    table(
      ['setting', 'what it means'],
      relaxations.map(({ path, meaning }) => [h('code', null, path), meaning]),
    ),
    h('h3', null, 'Exceptions from rules'),
    table(
      ['rule', 'reason', 'until', 'where'],
      exceptions.map(({ rule, reason, expires, path }) => [
        h('code', null, rule),
        reason,
        expires,
        h('small', null, path),
      ]),
    ),
  );
}

function retained({ stages }: PlatformReport): Element {
  const rows = stages
    .flatMap(({ stacks }) => stacks)
    .flatMap(({ path, retained: kept }) =>
      kept.map(({ logicalId, type }) => [
        type.replace('AWS::', ''),
        h('code', null, logicalId),
        h('small', null, path),
      ]),
    );
  return section(
    'Stays after teardown',
    "What 'cdk destroy' leaves, because it cannot be made again. Delete it by hand, on purpose.",
    table(['type', 'resource', 'stack'], rows),
  );
}

function section(title: string, text: string, ...children: Element[]): Element {
  return h('section', null, [h('h2', null, title), h('p', null, text), ...children]);
}

function table(columns: readonly string[], rows: readonly (readonly ComponentChildren[])[]): Element {
  const head = columns.map((column) => h('th', { scope: 'col' }, h('button', { type: 'button' }, column)));
  const body = rows.map((cells) =>
    h(
      'tr',
      null,
      cells.map((cell) => h('td', null, cell)),
    ),
  );
  return h(
    'div',
    { class: 'scroll' },
    h('table', null, [h('thead', null, h('tr', null, head)), h('tbody', null, body)]),
  );
}

function tile(value: ComponentChildren, label: string): Element {
  return h('div', { class: 'tile' }, [h('b', null, value), h('span', null, label)]);
}

function count({ resources: types }: StackReport): number {
  return Object.values(types).reduce((a, b) => a + b, 0);
}
