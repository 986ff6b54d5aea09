import { evaluate } from '@marcbachmann/cel-js';
import type { ClusterPolicies } from '../../../constructs/cluster';
import { objects } from './fixture';

interface PolicySpec {
  readonly matchConstraints: { readonly resourceRules: readonly { readonly resources: readonly string[] }[] };
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

/** A Kubernetes object that is put before the policies. */
export interface Candidate {
  readonly kind: string;
  readonly spec: object;
}

/**
 * Names of the policies that refuse `candidate`, evaluated as the API server does: variables in order, then validations, on
 * policies whose constraints name the kind.
 */
export function refusedBy({ policies }: Pick<ClusterPolicies, 'policies'>, candidate: Candidate): string[] {
  const plural = `${candidate.kind.toLowerCase()}s`;
  return objects(policies, 'ValidatingAdmissionPolicy')
    .filter(({ spec }) => {
      const { resourceRules } = (spec as unknown as PolicySpec).matchConstraints;
      return resourceRules.some(({ resources }) => resources.includes(plural));
    })
    .filter(({ spec }) => !holds(spec as unknown as PolicySpec, candidate))
    .map(({ metadata }) => metadata.name.replace('groundplane-', ''));
}

function holds({ variables = [], validations }: PolicySpec, object: Candidate): boolean {
  const known: Record<string, unknown> = {};
  for (const { name, expression } of variables) known[name] = evaluate(expression, { object, variables: known });
  return validations.every(({ expression }) => evaluate(expression, { object, variables: known }) === true);
}
