import { NetworkEnforcement, type NetworkEnforcementProps } from '../../../constructs/cluster';
import { codes } from '../../helpers/codes';
import { existingCluster, HELM, objects, properties } from './fixture';

function enforced(props: Partial<NetworkEnforcementProps> = {}) {
  const { stack, cluster } = existingCluster();
  return { stack, enforcement: new NetworkEnforcement(stack, 'Network', { cluster, ...props }) };
}

describe('NetworkEnforcement', () => {
  test('switches network policies of Auto Mode on, whoever made the switch', () => {
    const { stack } = enforced();
    const [resource] = properties(stack, 'Custom::AWSCDK-EKS-KubernetesResource');
    expect(JSON.parse(String(resource?.['Manifest']))).toMatchObject([
      {
        kind: 'ConfigMap',
        metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
        data: { 'enable-network-policy-controller': 'true' },
      },
    ]);
    expect(resource?.['Overwrite']).toBe(true);
  });

  test('lets the add-ons of EKS talk', () => {
    const { stack, enforcement } = enforced();
    expect(properties(stack, HELM)).toMatchObject([{ Release: 'network-enforcement', Namespace: 'kube-system' }]);
    expect(objects(enforcement.chart)).toMatchObject([
      {
        kind: 'NetworkPolicy',
        metadata: { name: 'platform-add-ons', namespace: 'kube-system' },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] },
      },
    ]);
  });

  test('newNamespaces: are made and open', () => {
    const { enforcement } = enforced({ newNamespaces: ['amazon-cloudwatch'] });
    expect(objects(enforcement.chart, 'Namespace').map(({ metadata }) => metadata.name)).toEqual(['amazon-cloudwatch']);
    expect(objects(enforcement.chart, 'NetworkPolicy').map(({ metadata }) => metadata.namespace)).toEqual([
      'kube-system',
      'amazon-cloudwatch',
    ]);
  });

  test.each<[Partial<NetworkEnforcementProps>, string]>([
    [{ openNamespaces: ['Kube'] }, 'InvalidName'],
    [{ newNamespaces: ['kube-system'] }, 'DuplicateValue'],
  ])('fails for %j', (props, code) => {
    expect(codes(() => enforced(props))).toEqual([code]);
  });
});
