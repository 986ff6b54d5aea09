import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ClusterControllers, type ClusterControllersProps, VERSIONS } from '../../../constructs/cluster';
import { codes } from '../../helpers/codes';
import { allowed, existingCluster, HELM, objects, properties } from './fixture';

function controlled(props: Partial<ClusterControllersProps> = {}) {
  const { app, stack, cluster } = existingCluster();
  const edge = new Stack(app, 'Edge', { env: { account: '111122223333', region: 'eu-west-1' } });
  const authSecret = new Secret(edge, 'Token', { encryptionKey: new Key(edge, 'Key') });
  const controllers = new ClusterControllers(stack, 'Controllers', {
    cluster,
    rateLimit: { host: 'counters.example', port: 6380, authSecret },
    ...props,
  });
  return { stack, edge, controllers };
}

interface Values {
  readonly crds: unknown;
  readonly deployment: { readonly replicas: number };
  readonly podDisruptionBudget: unknown;
  readonly config: { readonly envoyGateway: Record<string, unknown> };
}

function release(stack: Stack, name: string) {
  const found = properties(stack, HELM).filter(({ Release }) => Release === name);
  if (found.length !== 1) throw new Error(`${found.length} releases ${name}`);
  return found[0]!;
}

const values = (stack: Stack) => JSON.parse(String(release(stack, 'envoy-gateway')['Values'])) as Values;

const ports = (rules: { ports: { port: number }[] }[] = []) => rules.map((rule) => rule.ports.map(({ port }) => port));

describe('ClusterControllers', () => {
  test('installs Envoy Gateway at the pinned version by its own chart', () => {
    expect(release(controlled().stack, 'envoy-gateway')).toMatchObject({
      Chart: 'gateway-helm',
      Repository: 'oci://docker.io/envoyproxy/gateway-helm',
      Version: `v${VERSIONS.envoyGateway.version}`,
      Namespace: 'envoy-gateway-system',
    });
  });

  test('chartRepository: a mirror', () => {
    const { stack } = controlled({ chartRepository: 'oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com/charts' });
    expect(release(stack, 'envoy-gateway')).toMatchObject({
      Repository: 'oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com/charts/gateway-helm',
    });
  });

  test('runs two controllers that are not evicted together, and brings the definitions', () => {
    expect(values(controlled().stack)).toMatchObject({
      crds: { enabled: true },
      deployment: {
        replicas: 2,
        envoyGateway: { resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } } },
        pod: { topologySpreadConstraints: [{ topologyKey: 'topology.kubernetes.io/zone' }] },
      },
      podDisruptionBudget: { maxUnavailable: 1 },
    });
  });

  test.each([1, 5])('replicas: %d', (replicas) => {
    expect(values(controlled({ replicas }).stack).deployment.replicas).toBe(replicas);
  });

  test('lets Backends be used, and counts with TLS in the shared store; without it requests pass', () => {
    expect(values(controlled().stack).config.envoyGateway).toMatchObject({
      extensionApis: { enableBackend: true },
      rateLimit: {
        failClosed: false,
        backend: { type: 'Redis', redis: { url: 'counters.example:6380', tls: {} } },
      },
    });
  });

  test('the token of the counters stands in no template: the rate limit service mounts it', () => {
    const { stack, controllers } = controlled();
    expect(values(stack).config.envoyGateway).toMatchObject({
      provider: {
        kubernetes: {
          rateLimitDeployment: {
            replicas: 2,
            container: { env: [{ name: 'REDIS_AUTH', valueFrom: { secretKeyRef: { name: 'rate-limit-token' } } }] },
            pod: { volumes: [{ csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } }] },
          },
        },
      },
    });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('{{resolve:secretsmanager');
    expect(controllers.rateLimitIdentity.role).toBeDefined();
  });

  test('the rate limit service reads that secret and nothing else, without a change in the stack of the secret', () => {
    const { stack, edge } = controlled();
    const statements = allowed(stack, 'ControllersRateLimit');
    expect(statements.flatMap(({ actions }) => actions)).toEqual([
      'secretsmanager:GetSecretValue',
      'secretsmanager:DescribeSecret',
      'kms:Decrypt',
    ]);
    expect(statements.filter(({ resource }) => resource === '*')).toEqual([]);
    expect(properties(stack, 'AWS::EKS::PodIdentityAssociation')).toMatchObject([
      { Namespace: 'envoy-gateway-system', ServiceAccount: 'envoy-ratelimit' },
    ]);
    expect(JSON.stringify(properties(edge, 'AWS::KMS::Key'))).not.toContain('ControllersRateLimit');
  });

  test('the controller starts after its network policies and the token', () => {
    const releases = Template.fromStack(controlled().stack).findResources(HELM) as Record<
      string,
      { Properties: { Release: string }; DependsOn?: string[] }
    >;
    const idOf = (name: string) => Object.keys(releases).find((id) => releases[id]?.Properties.Release === name);
    expect(releases[idOf('envoy-gateway')!]?.DependsOn).toEqual(
      expect.arrayContaining([idOf('controller-network'), idOf('rate-limit-token')]),
    );
  });

  test('opens the closed namespace for what each pod needs', () => {
    const policies = objects(controlled().controllers.network, 'NetworkPolicy') as unknown as {
      metadata: { name: string; namespace: string };
      spec: { ingress?: { ports: { port: number }[] }[]; egress: { ports: { port: number }[] }[] };
    }[];
    expect(policies.map(({ metadata, spec }) => [metadata.name, ports(spec.ingress), ports(spec.egress)])).toEqual([
      ['envoy-gateway-controller', [[18_000, 18_001, 18_002], [9443], [19_001]], [[53, 53], [443]]],
      ['envoy-ratelimit-controller', [[8081], [19_001]], [[53, 53], [18_001], [6380]]],
      ['certgen-controller', [], [[53, 53], [443]]],
    ]);
    expect(policies.every(({ metadata }) => metadata.namespace === 'envoy-gateway-system')).toBe(true);
  });

  test.each<[Partial<ClusterControllersProps>, string]>([
    [{ replicas: 0 }, 'IntegerOutOfRange'],
    [{ replicas: 6 }, 'IntegerOutOfRange'],
    [{ chartRepository: 'https://charts.example' }, 'InvalidFormat'],
    [{ chartRepository: 'oci://charts.example/' }, 'InvalidFormat'],
  ])('fails for %j', (props, code) => {
    expect(codes(() => controlled(props))).toEqual([code]);
  });
});
