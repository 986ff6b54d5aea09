import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Chart } from 'cdk8s';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What changes with every version of a tool and says nothing about the stack. */
const NOISE: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{64}\b/g, '<hash>'],
  [/\$\{Token\[[^\]]+\]\}/g, '<token>'],
  [/\b(\w+?)[0-9A-F]{8}\b/g, '$1'],
  [/\b(cdk-[a-z0-9]+-(?:assets|container-assets))-[\w-]+/g, '$1-<environment>'],
];

/**
 * The template of `stack`, fit for a snapshot: asset hashes, hashes of logical ids and unresolved tokens are redacted, CDK's own
 * metadata, parameters and rules are left out.
 *
 * @param stack a stack of an app that can be synthesised
 * @returns the template as indented JSON with sorted keys
 */
export function redactedTemplate(stack: Stack): string {
  const template = Template.fromStack(stack).toJSON() as Record<string, Json>;
  const { Parameters: _parameters, Rules: _rules, ...kept } = template;
  return redact({ ...kept, Resources: withoutMetadata(kept['Resources'] as Record<string, Json>) });
}

/**
 * The objects of a cdk8s chart, fit for a snapshot: unresolved tokens and hashes are redacted.
 *
 * @returns the objects as indented JSON with sorted keys, in the order of the chart
 */
export function redactedChart(chart: Chart): string {
  return redact(chart.toJson() as Json[]);
}

function withoutMetadata(resources: Record<string, Json>): Record<string, Json> {
  const kept = Object.entries(resources).filter(([, resource]) => typeOf(resource) !== 'AWS::CDK::Metadata');
  return Object.fromEntries(
    kept.map(([id, resource]) => {
      const { Metadata: _metadata, ...rest } = resource as Record<string, Json>;
      return [id, rest];
    }),
  );
}

function typeOf(resource: Json): Json | undefined {
  return (resource as Record<string, Json>)['Type'];
}

function redact(value: Json): string {
  const text = JSON.stringify(sorted(value), undefined, 2);
  return NOISE.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, Json>).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
