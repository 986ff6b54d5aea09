import { Aws } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ClusterPolicies, type ClusterPoliciesProps } from '../../../constructs/cluster';
import { InferenceService } from '../../../constructs/inference';
import { codes } from '../../helpers/codes';
import { fixture as inferenceFixture } from '../inference/fixture';
import { type Candidate, refusedBy } from './cel';
import { existingCluster, HELM, objects } from './fixture';

const REGISTRY = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const IMAGE = `${REGISTRY}/acme-ml/predictor@sha256:${'a'.repeat(64)}`;

function governed(props: Partial<ClusterPoliciesProps> = {}) {
  const { stack, cluster } = existingCluster();
  return { stack, policies: new ClusterPolicies(stack, 'Policies', { cluster, registries: [REGISTRY], ...props }) };
}

type Json = Record<string, unknown>;

const container = (override: Json = {}): Json => ({
  name: 'server',
  image: IMAGE,
  resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
  ...override,
});

const podSpec = (override: Json = {}): Json => ({
  serviceAccountName: 'iris',
  automountServiceAccountToken: false,
  containers: [container()],
  ...override,
});

const pod = (override?: Json): Candidate => ({ kind: 'Pod', spec: podSpec(override) });
const withContainer = (override: Json): Candidate => pod({ containers: [container(override)] });

const imageOf = (host: string): Candidate => withContainer({ image: IMAGE.replace(REGISTRY, host) });

describe('ClusterPolicies: rules on pods, evaluated as CEL', () => {
  const { policies } = governed();

  test.each<[string, Candidate]>([
    ['a pod', pod()],
    ['a deployment', { kind: 'Deployment', spec: { template: { spec: podSpec() } } }],
    ['a job', { kind: 'Job', spec: { template: { spec: podSpec() } } }],
    ['a cron job', { kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec: podSpec() } } } } }],
    ['volumes that are not of the node', pod({ volumes: [{ name: 'tmp', emptyDir: {} }] })],
    ['a digest in a deep repository', withContainer({ image: IMAGE.replace('acme-ml', 'acme-ml/serving/cpu') })],
  ])('admits %s', (_, candidate) => {
    expect(refusedBy(policies, candidate)).toEqual([]);
  });

  test.each<[string, Candidate, string]>([
    ['a tag', withContainer({ image: `${REGISTRY}/acme-ml/predictor:1` }), 'images-by-digest'],
    ['a foreign registry', withContainer({ image: IMAGE.replace('111122223333', '999999999999') }), 'images-by-digest'],
    ['a registry that ends like ours', withContainer({ image: `evil.example/${IMAGE}` }), 'images-by-digest'],
    ['a registry with another dot', withContainer({ image: IMAGE.replace('.dkr.', 'xdkr.') }), 'images-by-digest'],
    ['a short digest', withContainer({ image: IMAGE.slice(0, -1) }), 'images-by-digest'],
    ['a foreign init container', pod({ initContainers: [container({ image: 'busybox' })] }), 'images-by-digest'],
    ['a foreign debug container', pod({ ephemeralContainers: [container({ image: 'busybox' })] }), 'images-by-digest'],
    ['the network of the node', pod({ hostNetwork: true }), 'no-host-access'],
    ['the processes of the node', pod({ hostPID: true }), 'no-host-access'],
    ['the IPC of the node', pod({ hostIPC: true }), 'no-host-access'],
    ['a path of the node', pod({ volumes: [{ name: 'root', hostPath: { path: '/' } }] }), 'no-host-access'],
    [
      'a privileged container',
      withContainer({
        securityContext: { privileged: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      }),
      'no-host-access',
    ],
    [
      'a container that may gain privileges',
      withContainer({ securityContext: { readOnlyRootFilesystem: true } }),
      'no-host-access',
    ],
    [
      'no memory limit',
      withContainer({ resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1' } } }),
      'resources-are-limited',
    ],
    [
      'no CPU request',
      withContainer({ resources: { requests: { memory: '1Gi' }, limits: { memory: '1Gi' } } }),
      'resources-are-limited',
    ],
    ['no resources', withContainer({ resources: undefined }), 'resources-are-limited'],
    [
      'a writable root',
      withContainer({ securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: false } }),
      'root-is-read-only',
    ],
    [
      'a root that says nothing',
      withContainer({ securityContext: { allowPrivilegeEscalation: false } }),
      'root-is-read-only',
    ],
    ['the default service account', pod({ serviceAccountName: 'default' }), 'identity-is-its-own'],
    ['no service account', pod({ serviceAccountName: undefined }), 'identity-is-its-own'],
    ['a token of the API', pod({ automountServiceAccountToken: true }), 'no-api-token'],
    ['a token by default', pod({ automountServiceAccountToken: undefined }), 'no-api-token'],
  ])('refuses %s', (_, candidate, rule) => {
    expect(refusedBy(policies, strip(candidate))).toEqual([rule]);
  });

  test('refuses a deployment for its template', () => {
    const spec = { template: { spec: podSpec({ containers: [container({ image: 'busybox' })] }) } };
    expect(refusedBy(policies, { kind: 'Deployment', spec })).toEqual(['images-by-digest']);
  });

  test.each<[string, Json, string[]]>([
    ['inside', { type: 'ClusterIP' }, []],
    ['that says nothing', {}, []],
    ['with a load balancer', { type: 'LoadBalancer' }, ['services-stay-inside']],
    ['on every node', { type: 'NodePort' }, ['services-stay-inside']],
    ['with an external address', { type: 'ClusterIP', externalIPs: ['203.0.113.1'] }, ['services-stay-inside']],
  ])('a service %s', (_, spec, rules) => {
    expect(refusedBy(policies, { kind: 'Service', spec })).toEqual(rules);
  });

  test('admits what InferenceService renders, on CPUs and on GPUs', () => {
    const { stack, props, vllm } = inferenceFixture();
    for (const service of [new InferenceService(stack, 'Iris', props), new InferenceService(stack, 'Llama', vllm)]) {
      const candidates = service.release.manifests as Candidate[];
      expect(candidates.flatMap((candidate) => refusedBy(policies, strip(candidate)))).toEqual([]);
    }
  });

  test('registries: a host may hold a CDK token', () => {
    const { stack, policies: chosen } = governed({ registries: [`1.dkr.ecr.eu-west-1.${Aws.URL_SUFFIX}`] });
    expect(stack.resolve(objects(chosen.policies)[0]?.spec['validations'])).toMatchObject([
      { expression: { 'Fn::Join': ['', [expect.any(String), { Ref: 'AWS::URLSuffix' }, expect.any(String)]] } },
    ]);
  });

  test('registries: each of them, and nothing else', () => {
    const both = governed({ registries: ['one.example', 'two.example'] }).policies;
    expect(refusedBy(both, imageOf('one.example'))).toEqual([]);
    expect(refusedBy(both, imageOf('two.example'))).toEqual([]);
    expect(refusedBy(both, imageOf('three.example'))).toEqual(['images-by-digest']);
  });
});

describe('ClusterPolicies: what is deployed', () => {
  const { stack, policies } = governed();

  test('every policy fails closed and has a binding that denies', () => {
    const all = objects(policies.policies, 'ValidatingAdmissionPolicy');
    expect(all).toHaveLength(7);
    for (const { metadata, spec } of all) {
      expect(spec).toMatchObject({ failurePolicy: 'Fail' });
      const bindings = objects(policies.policies, 'ValidatingAdmissionPolicyBinding').filter(
        ({ spec: { policyName } }) => policyName === metadata.name,
      );
      expect(bindings).toMatchObject([{ spec: { validationActions: ['Deny'] } }]);
    }
  });

  test('host access and load balancers are refused in every namespace of ours, the rest where models run', () => {
    const tiers = objects(policies.policies, 'ValidatingAdmissionPolicyBinding').map(({ metadata, spec }) => {
      const { matchResources } = spec as unknown as {
        matchResources: { namespaceSelector: { matchExpressions: { values: string[] }[] } };
      };
      return [metadata.name, matchResources.namespaceSelector.matchExpressions[0]?.values];
    });
    expect(Object.fromEntries(tiers)).toEqual({
      'groundplane-images-by-digest': ['workload'],
      'groundplane-no-host-access': ['workload', 'system'],
      'groundplane-resources-are-limited': ['workload'],
      'groundplane-root-is-read-only': ['workload'],
      'groundplane-identity-is-its-own': ['workload'],
      'groundplane-no-api-token': ['workload'],
      'groundplane-services-stay-inside': ['workload', 'system'],
    });
  });

  test('namespaces say what they are for and how closed they are', () => {
    const namespaces = objects(policies.namespaces, 'Namespace').map(({ metadata }) => [
      metadata.name,
      metadata.labels?.['groundplane.dev/tier'],
      metadata.labels?.['pod-security.kubernetes.io/enforce'],
    ]);
    expect(namespaces).toEqual([
      ['models', 'workload', 'restricted'],
      ['gateway', 'system', 'baseline'],
      ['envoy-gateway-system', 'system', 'baseline'],
    ]);
  });

  test('every namespace denies by default', () => {
    const rules = objects(policies.namespaces, 'NetworkPolicy').map(({ metadata, spec }) => [metadata.namespace, spec]);
    const closed = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
    expect(Object.fromEntries(rules)).toEqual({
      models: closed,
      gateway: closed,
      'envoy-gateway-system': closed,
    });
  });

  test('policies come before namespaces', () => {
    const releases = Template.fromStack(stack).findResources(HELM);
    const byName = Object.fromEntries(Object.entries(releases).map(([id, { Properties }]) => [Properties.Release, id]));
    expect(releases[byName['namespaces']!]?.['DependsOn']).toContain(byName['policies']);
    expect(releases[byName['policies']!]?.['DependsOn'] ?? []).not.toContain(byName['namespaces']);
  });

  test('workloadNamespaces, systemNamespaces can be chosen', () => {
    const { policies: chosen } = governed({
      workloadNamespaces: ['team-a', 'team-b'],
      systemNamespaces: ['edge'],
    });
    expect(objects(chosen.namespaces, 'Namespace').map(({ metadata }) => metadata.name)).toEqual([
      'team-a',
      'team-b',
      'edge',
    ]);
    expect(objects(chosen.namespaces, 'NetworkPolicy')).toHaveLength(3);
  });

  test.each<[Partial<ClusterPoliciesProps>, string]>([
    [{ registries: [] }, 'CountOutOfRange'],
    [{ registries: Array.from({ length: 11 }, (_, index) => `r${index}.example`) }, 'CountOutOfRange'],
    [{ registries: ["a.example') || true || c.image.matches('"] }, 'InvalidFormat'],
    [{ workloadNamespaces: ['Models'] }, 'InvalidName'],
    [{ workloadNamespaces: ['gateway'] }, 'DuplicateValue'],
  ])('fails for %j', (props, code) => {
    expect(codes(() => governed(props))).toEqual([code]);
  });
});

/** Without keys whose value is undefined: CEL sees a key that JSON would not have. */
function strip<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
