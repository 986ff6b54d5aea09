/** One rule on Pods, written once: CEL, with the message of who breaks it. */
export interface AdmissionRule {
  /** Name of the policy in the cluster. */
  readonly name: string;
  /** CEL over `variables.pod` and `variables.containers`; true means fine. */
  readonly expression: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** Rules on the Pods of workload namespaces, and on whatever creates them. */
export function podRules(registryPattern: string): readonly AdmissionRule[] {
  return [
    {
      name: 'images-by-digest',
      expression: `variables.containers.all(c, c.image.matches('${registryPattern}'))`,
      message:
        'every image must come from the registry of the platform, pinned by digest (<registry>/<repository>@sha256:<64 hex digits>)',
    },
    {
      name: 'memory-is-limited',
      expression:
        "variables.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits && has(c.resources.requests) && 'memory' in c.resources.requests)",
      message: 'every container must request and limit memory',
    },
    {
      name: 'root-is-read-only',
      expression:
        'variables.containers.all(c, has(c.securityContext) && has(c.securityContext.readOnlyRootFilesystem) && c.securityContext.readOnlyRootFilesystem)',
      message: 'every container must have a read-only root file system; mount an emptyDir where it writes',
    },
    {
      name: 'identity-is-its-own',
      expression: "has(variables.pod.serviceAccountName) && variables.pod.serviceAccountName != 'default'",
      message: 'a pod must run as a service account of its own, not as `default`',
    },
    {
      name: 'no-api-token',
      expression: 'has(variables.pod.automountServiceAccountToken) && !variables.pod.automountServiceAccountToken',
      message: 'a model has no business with the Kubernetes API: set automountServiceAccountToken to false',
    },
  ];
}

/** What a rule looks at: the Pod template of a workload, or the Pod itself. */
export const RULE_VARIABLES = [
  { name: 'pod', expression: "object.kind == 'Pod' ? object.spec : object.spec.template.spec" },
  {
    name: 'containers',
    expression: 'variables.pod.containers + (has(variables.pod.initContainers) ? variables.pod.initContainers : [])',
  },
] as const;
