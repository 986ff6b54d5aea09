/** Group, version and kinds that a rule looks at, as in `ValidatingAdmissionPolicy.spec.matchConstraints.resourceRules`. */
export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE')[];
  readonly resources: readonly string[];
}

/** One rule, written once: CEL over the object, with the message for who breaks it. */
export interface AdmissionRule {
  /** Name of the policy in the cluster, without prefix. */
  readonly name: string;
  /** CEL; true means fine. Rules on pods see `variables.pod` and `variables.containers`. */
  readonly expression: string;
  /** What is wrong, and what to do. */
  readonly message: string;
  /** What it looks at. */
  readonly on: 'pods' | 'services';
  /** Tiers of namespaces that it holds in. */
  readonly tiers: readonly Tier[];
}

/** Kinds of namespace: models, or what serves them. */
export type Tier = 'workload' | 'system';

/** Rules of the platform; `registries` are the hosts that images of models may come from. */
export function admissionRules(registries: readonly string[]): readonly AdmissionRule[] {
  const everywhere: readonly Tier[] = ['workload', 'system'];
  const models: readonly Tier[] = ['workload'];
  return [
    {
      name: 'images-by-digest',
      expression: imageExpression(registries),
      message:
        'every image must come from the registry of the platform, pinned by digest (<registry>/<repository>@sha256:<64 hex digits>)',
      on: 'pods',
      tiers: models,
    },
    {
      name: 'no-host-access',
      expression: NO_HOST_ACCESS,
      message:
        'a pod must not be privileged, gain privileges, mount a path of its node, or share its network, processes or IPC',
      on: 'pods',
      tiers: everywhere,
    },
    {
      name: 'resources-are-limited',
      expression:
        "variables.containers.all(c, has(c.resources) && has(c.resources.limits) && has(c.resources.requests) && 'memory' in c.resources.limits && 'memory' in c.resources.requests && 'cpu' in c.resources.requests)",
      message: 'every container must request CPU and memory and limit memory',
      on: 'pods',
      tiers: models,
    },
    {
      name: 'root-is-read-only',
      expression:
        'variables.containers.all(c, has(c.securityContext) && has(c.securityContext.readOnlyRootFilesystem) && c.securityContext.readOnlyRootFilesystem)',
      message: 'every container must have a read-only root file system; mount an emptyDir where it writes',
      on: 'pods',
      tiers: models,
    },
    {
      name: 'identity-is-its-own',
      expression: "has(variables.pod.serviceAccountName) && variables.pod.serviceAccountName != 'default'",
      message: 'a pod must run as a service account of its own, not as `default`',
      on: 'pods',
      tiers: models,
    },
    {
      name: 'no-api-token',
      expression: 'has(variables.pod.automountServiceAccountToken) && !variables.pod.automountServiceAccountToken',
      message: 'a model has no business with the Kubernetes API: set automountServiceAccountToken to false',
      on: 'pods',
      tiers: models,
    },
    {
      name: 'services-stay-inside',
      expression: "(!has(object.spec.type) || object.spec.type == 'ClusterIP') && !has(object.spec.externalIPs)",
      message:
        'everything is reached through the load balancer of the edge: use a ClusterIP service without external IPs',
      on: 'services',
      tiers: everywhere,
    },
  ];
}

/** What a rule on pods looks at: the template of a workload, or the Pod itself, with every kind of container. */
export const POD_VARIABLES = [
  {
    name: 'pod',
    expression:
      "object.kind == 'Pod' ? object.spec : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec",
  },
  {
    name: 'containers',
    expression:
      'variables.pod.containers + (has(variables.pod.initContainers) ? variables.pod.initContainers : []) + (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers : [])',
  },
] as const;

/** Kinds that each group of rules looks at. */
export const RESOURCE_RULES: Readonly<Record<AdmissionRule['on'], readonly ResourceRule[]>> = {
  pods: [
    resourceRule('', 'pods', 'pods/ephemeralcontainers'),
    resourceRule('apps', 'deployments', 'statefulsets', 'daemonsets'),
    resourceRule('batch', 'jobs', 'cronjobs'),
  ],
  services: [resourceRule('', 'services')],
};

const NO_HOST_ACCESS = [
  '!(has(variables.pod.hostNetwork) && variables.pod.hostNetwork)',
  '!(has(variables.pod.hostPID) && variables.pod.hostPID)',
  '!(has(variables.pod.hostIPC) && variables.pod.hostIPC)',
  '(!has(variables.pod.volumes) || variables.pod.volumes.all(v, !has(v.hostPath)))',
  'variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)',
  'variables.containers.all(c, has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && !c.securityContext.allowPrivilegeEscalation)',
].join(' && ');

/** Hosts are compared as text, not as a pattern: a CDK token can stand in them, and a dot is a dot. */
function imageExpression(registries: readonly string[]): string {
  const hosts = registries.map((host) => `'${host}/'`).join(', ');
  const pinned = "c.image.matches('^[a-z0-9.-]+/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$')";
  return `variables.containers.all(c, [${hosts}].exists(host, c.image.startsWith(host)) && ${pinned})`;
}

function resourceRule(group: string, ...resources: string[]): ResourceRule {
  return { apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources };
}
