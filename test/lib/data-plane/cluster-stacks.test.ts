import { type AssembledStack, assembledPlatform, type TemplateResource } from '../../helpers/platform';

const HELM = 'Custom::AWSCDK-EKS-HelmChart';
const MANIFEST = 'Custom::AWSCDK-EKS-KubernetesResource';

const { stacks } = assembledPlatform('full');

function stack(name: string): AssembledStack {
  return stacks.find(({ path }) => path === `DataPlane-main/${name}`)!;
}

function resources(name: string, type: string): [string, TemplateResource][] {
  return Object.entries(stack(name).template.Resources).filter(([, { Type }]) => Type === type);
}

const releases = (name: string) => resources(name, HELM).map(([, { Properties }]) => Properties?.['Release']);

describe('NetworkStack', () => {
  test('keeps its network in the zones of the cell and is protected', () => {
    const zones = resources('Network', 'AWS::EC2::Subnet').map(
      ([, { Properties }]) => Properties?.['AvailabilityZone'],
    );
    expect(new Set(zones).size).toBeGreaterThanOrEqual(2);
    expect(zones.every((zone) => /^eu-west-1[a-z]$/.test(String(zone)))).toBe(true);
  });
});

describe('ClusterStack', () => {
  test('names the cluster as the contract says', () => {
    const [[, cluster]] = resources('Cluster', 'AWS::EKS::Cluster') as [[string, TemplateResource]];
    expect(cluster.Properties?.['Name']).toMatch(/-main$/);
    expect(cluster.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('holds no manifest of a workload, whatever is served', () => {
    expect(releases('Cluster')).toEqual(['network-enforcement', 'pool-general', 'pool-gpu']);
    expect(resources('Cluster', MANIFEST).map(([, { Properties }]) => String(Properties?.['Manifest']))).toEqual([
      expect.stringContaining('"kind":"ConfigMap"'),
    ]);
  });
});

describe('ControllersStack', () => {
  test('brings policies, namespaces and controllers, and no model', () => {
    expect(releases('Controllers').toSorted()).toEqual([
      'controller-network',
      'envoy-gateway',
      'namespaces',
      'policies',
      'rate-limit-token',
    ]);
  });

  test('everything in it waits for the policies', () => {
    const all = Object.fromEntries(resources('Controllers', HELM));
    const idOf = (release: string) => Object.keys(all).find((id) => all[id]?.Properties?.['Release'] === release)!;
    const waitsFor = (id: string): string[] => (all[id]?.DependsOn ?? []).flatMap((on) => [on].concat(waitsFor(on)));
    for (const release of ['namespaces', 'controller-network', 'rate-limit-token', 'envoy-gateway']) {
      expect(waitsFor(idOf(release))).toContain(idOf('policies'));
    }
  });

  test('changes nothing in the stack of the cluster: no statement there names what it makes', () => {
    const cluster = JSON.stringify(stack('Cluster').template);
    const names = Object.keys(stack('Controllers').template.Resources);
    expect(names.filter((name) => cluster.includes(name))).toEqual([]);
  });
});
