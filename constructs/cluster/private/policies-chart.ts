import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { type AdmissionRule, POD_VARIABLES, RESOURCE_RULES } from './admission-rules';

/** Label that says what a namespace is for. */
export const TIER_LABEL = 'groundplane.dev/tier';

/** Admission policies and their bindings, one pair per rule. */
export class PoliciesChart extends Chart {
  constructor(scope: Construct, id: string, rules: readonly AdmissionRule[]) {
    super(scope, id, { disableResourceNameHashes: true });
    for (const rule of rules) this.addRule(rule);
  }

  private addRule({ name, expression, message, on, tiers }: AdmissionRule): void {
    const metadata = { name: `groundplane-${name}` };
    new ApiObject(this, `Policy-${name}`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: RESOURCE_RULES[on] },
        ...(on === 'pods' && { variables: POD_VARIABLES }),
        validations: [{ expression, message, reason: 'Forbidden' }],
      },
    });
    new ApiObject(this, `Binding-${name}`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: metadata.name,
        validationActions: ['Deny'],
        matchResources: {
          namespaceSelector: { matchExpressions: [{ key: TIER_LABEL, operator: 'In', values: [...tiers] }] },
        },
      },
    });
  }
}
