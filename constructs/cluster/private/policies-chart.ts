import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { kplus } from '../../core/kubernetes';
import { type AdmissionRule, RULE_VARIABLES } from './admission-rules';

/** Label of the namespaces that the rules hold in. */
export const WORKLOAD_LABELS = { 'groundplane.dev/tier': 'workload' } as const;

/** Values of the charts of `ClusterPolicies`; all final. */
export interface PoliciesChartProps {
  readonly workloadNamespaces: readonly string[];
  readonly systemNamespaces: readonly string[];
  readonly rules: readonly AdmissionRule[];
}

/** Namespaces with Pod Security, default-deny network policies, and the switch that makes Auto Mode enforce them. */
export class NamespacesChart extends Chart {
  constructor(scope: Construct, id: string, props: PoliciesChartProps) {
    super(scope, id, { disableResourceNameHashes: true });
    for (const name of props.workloadNamespaces)
      this.addNamespace(name, { ...WORKLOAD_LABELS, ...podSecurity('restricted') });
    for (const name of props.systemNamespaces) this.addNamespace(name, podSecurity('baseline'));
    for (const name of props.workloadNamespaces) {
      new kplus.k8s.KubeNetworkPolicy(this, `DefaultDeny-${name}`, {
        metadata: { name: 'default-deny', namespace: name },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      });
    }
    new kplus.k8s.KubeConfigMap(this, 'NetworkPolicyController', {
      metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
      data: { 'enable-network-policy-controller': 'true' },
    });
  }

  private addNamespace(name: string, labels: Record<string, string>): void {
    new kplus.k8s.KubeNamespace(this, `Namespace-${name}`, { metadata: { name, labels } });
  }
}

/** Admission policies of workload namespaces, one per rule. */
export class PoliciesChart extends Chart {
  constructor(scope: Construct, id: string, { rules }: PoliciesChartProps) {
    super(scope, id, { disableResourceNameHashes: true });
    for (const rule of rules) this.addRule(rule);
    this.addServiceRule();
  }

  private addRule({ name, expression, message }: AdmissionRule): void {
    this.addPolicy(name, {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] },
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments', 'statefulsets', 'daemonsets'],
          },
        ],
      },
      variables: RULE_VARIABLES,
      validations: [{ expression, message, reason: 'Forbidden' }],
    });
  }

  private addServiceRule(): void {
    this.addPolicy('services-stay-inside', {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services'] },
        ],
      },
      validations: [
        {
          expression: "!has(object.spec.type) || object.spec.type in ['ClusterIP']",
          message: 'a workload is reached through the gateway only: use a ClusterIP service',
          reason: 'Forbidden',
        },
      ],
    });
  }

  private addPolicy(name: string, spec: object): void {
    new ApiObject(this, `Policy-${name}`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `groundplane-${name}` },
      spec: { failurePolicy: 'Fail', ...spec },
    });
    new ApiObject(this, `Binding-${name}`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `groundplane-${name}` },
      spec: {
        policyName: `groundplane-${name}`,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: WORKLOAD_LABELS } },
      },
    });
  }
}

function podSecurity(level: 'baseline' | 'restricted'): Record<string, string> {
  return {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/enforce-version': 'v1.36',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
}
