import { type INodePool, NodePool } from '@kubernetes-models/karpenter/karpenter.sh/v1/NodePool';
import { Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  GeneralNodePool,
  type GeneralNodePoolProps,
  GPU_FAMILIES,
  GpuNodePool,
  type GpuNodePoolProps,
  InferenceCluster,
} from '../../../constructs/cluster';
import { codes } from '../../helpers/codes';
import { clusterStack, existingCluster, HELM, objects, properties } from './fixture';

function gpuPool(props: Partial<GpuNodePoolProps> = {}) {
  const { stack, cluster } = existingCluster();
  const pool = new GpuNodePool(stack, 'Gpu', {
    cluster: InferenceCluster.fromCluster({ cluster }),
    maxGpus: 2,
    ...props,
  });
  return { stack, pool };
}

function generalPool(props: Partial<GeneralNodePoolProps> = {}) {
  const { stack, cluster } = existingCluster();
  const pool = new GeneralNodePool(stack, 'General', { cluster: InferenceCluster.fromCluster({ cluster }), ...props });
  return { stack, pool };
}

const nodePool = (pool: GpuNodePool | GeneralNodePool) => objects(pool.chart, 'NodePool')[0];
const nodeClass = (pool: GpuNodePool | GeneralNodePool) => objects(pool.chart, 'NodeClass')[0];

test.each<[string, () => GpuNodePool | GeneralNodePool]>([
  ['GpuNodePool', () => gpuPool().pool],
  ['GeneralNodePool', () => generalPool().pool],
])('the NodePool of %s fits the schema of Karpenter', (_, create) => {
  expect(() => new NodePool(nodePool(create()) as unknown as INodePool).validate()).not.toThrow();
});

test('the schema of Karpenter refuses a policy that does not exist', () => {
  const spec = { ...nodePool(gpuPool().pool)?.spec, disruption: { consolidationPolicy: 'Always' } };
  expect(() => new NodePool({ spec } as unknown as INodePool).validate()).toThrow('consolidationPolicy');
});

describe('GpuNodePool', () => {
  test('is one Helm release in its own stack', () => {
    const { stack } = gpuPool();
    expect(properties(stack, HELM)).toMatchObject([{ Release: 'pool-gpu', Namespace: 'kube-system' }]);
  });

  test('grows from zero to a limit, on demand, and goes when empty', () => {
    expect(nodePool(gpuPool().pool)?.spec).toEqual({
      limits: { 'nvidia.com/gpu': '2' },
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '600s', budgets: [{ nodes: '1' }] },
      template: {
        metadata: { labels: { 'groundplane.dev/pool': 'gpu' } },
        spec: {
          nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'gpu' },
          expireAfter: '1209600s',
          terminationGracePeriod: '3600s',
          taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
          requirements: [
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
            { key: 'eks.amazonaws.com/instance-family', operator: 'In', values: ['g6', 'g6e'] },
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
          ],
        },
      },
    });
  });

  test('asks for network policies, default deny, on private subnets', () => {
    expect(nodeClass(gpuPool().pool)?.spec).toMatchObject({
      networkPolicy: 'DefaultDeny',
      networkPolicyEventLogs: 'Enabled',
      securityGroupSelectorTerms: [{ id: 'sg-0123456789abcdef0' }],
      subnetSelectorTerms: [{ id: expect.any(String) }, { id: expect.any(String) }],
      ephemeralStorage: { size: '200Gi', iops: 6000, throughput: 500 },
    });
  });

  test('lets its nodes join the cluster with a role of their own', () => {
    const { stack, pool } = gpuPool();
    expect(properties(stack, 'AWS::EKS::AccessEntry')).toMatchObject([
      {
        Type: 'EC2',
        PrincipalArn: stack.resolve(pool.nodeRole.roleArn),
        AccessPolicies: [
          {
            PolicyArn: {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, ':eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy'],
              ],
            },
          },
        ],
      },
    ]);
    Template.fromStack(stack).hasResource(HELM, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('NodeAccess')]) });
  });

  test('encrypts its disks with the key of the cluster, which the role of the cluster may use', () => {
    const { stack, cluster } = clusterStack();
    const pool = new GpuNodePool(stack, 'Gpu', { cluster, maxGpus: 1 });
    expect(stack.resolve(nodeClass(pool))).toMatchObject({
      spec: { ephemeralStorage: { kmsKeyID: stack.resolve(cluster.encryptionKey.keyArn) } },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(cluster.role.roleName)],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:CreateGrant',
            Condition: { Bool: { 'kms:GrantIsForAWSResource': true } },
            Resource: stack.resolve(cluster.encryptionKey.keyArn),
          }),
        ]),
      },
    });
  });

  test('diskKey: warns when the role of the cluster is not known', () => {
    const { stack, cluster } = existingCluster();
    const diskKey = Key.fromKeyArn(stack, 'Given', 'arn:aws:kms:eu-west-1:111122223333:key/given');
    new GpuNodePool(stack, 'Gpu', { cluster: InferenceCluster.fromCluster({ cluster }), maxGpus: 1, diskKey });
    Annotations.fromStack(stack).hasWarning('/Test/Gpu', Match.stringLikeRegexp('diskKeyNotGranted'));
  });

  test('every value can be chosen', () => {
    const { pool, stack } = gpuPool({
      poolName: 'batch',
      families: ['p5'],
      spot: true,
      diskGiB: 1000,
      consolidateAfter: Duration.hours(1),
      terminationGracePeriod: Duration.hours(2),
      expireAfter: Duration.days(21),
    });
    expect(pool.poolName).toBe('batch');
    expect(nodeClass(pool)).toMatchObject({
      metadata: { name: 'batch' },
      spec: { ephemeralStorage: { size: '1000Gi' } },
    });
    expect(nodePool(pool)).toMatchObject({
      metadata: { name: 'batch' },
      spec: {
        disruption: { consolidateAfter: '3600s' },
        template: {
          spec: {
            terminationGracePeriod: '7200s',
            expireAfter: '1814400s',
            requirements: [{ values: ['spot', 'on-demand'] }, { values: ['p5'] }, {}],
          },
        },
      },
    });
    Annotations.fromStack(stack).hasWarning('/Test/Gpu', Match.stringLikeRegexp('spotGpus'));
  });

  test.each([
    [16, false],
    [17, true],
  ])('maxGpus: %d warns: %s', (maxGpus, warns) => {
    const found = Annotations.fromStack(gpuPool({ maxGpus }).stack).findWarning(
      '/Test/Gpu',
      Match.stringLikeRegexp('manyGpus'),
    );
    expect(found.length > 0).toBe(warns);
  });

  test.each<[Partial<GpuNodePoolProps>, string]>([
    [{ maxGpus: 0 }, 'IntegerOutOfRange'],
    [{ maxGpus: 65 }, 'IntegerOutOfRange'],
    [{ maxGpus: 1.5 }, 'IntegerOutOfRange'],
    [{ poolName: 'default' }, 'ReservedName'],
    [{ poolName: 'general-purpose' }, 'ReservedName'],
    [{ poolName: 'GPU' }, 'InvalidName'],
    [{ families: [] }, 'CountOutOfRange'],
    [{ families: ['c5'] }, 'UnknownValue'],
    [{ families: ['g6', 'g6'] }, 'DuplicateValue'],
    [{ diskGiB: 49 }, 'IntegerOutOfRange'],
    [{ diskGiB: 4001 }, 'IntegerOutOfRange'],
    [{ consolidateAfter: Duration.seconds(29) }, 'DurationOutOfRange'],
    [{ consolidateAfter: Duration.hours(25) }, 'DurationOutOfRange'],
    [{ terminationGracePeriod: Duration.seconds(59) }, 'DurationOutOfRange'],
    [{ expireAfter: Duration.days(22) }, 'DurationOutOfRange'],
    [{ expireAfter: Duration.hours(23) }, 'DurationOutOfRange'],
  ])('fails for %j', (props, code) => {
    expect(codes(() => gpuPool(props))).toEqual([code]);
  });

  test('takes every family and both bounds', () => {
    expect(codes(() => gpuPool({ maxGpus: 1, families: [...GPU_FAMILIES], diskGiB: 50 }))).toEqual([]);
    expect(codes(() => gpuPool({ maxGpus: 64, diskGiB: 4000 }))).toEqual([]);
  });
});

describe('GeneralNodePool', () => {
  test('runs on-demand CPU nodes that enforce network policies, up to a limit', () => {
    const { stack, pool } = generalPool();
    expect(properties(stack, HELM)).toMatchObject([{ Release: 'pool-general' }]);
    expect(nodePool(pool)?.spec).toMatchObject({
      limits: { cpu: '64' },
      disruption: { consolidationPolicy: 'WhenEmptyOrUnderutilized', budgets: [{ nodes: '10%' }] },
    });
    expect(JSON.stringify(nodePool(pool))).not.toContain('taints');
    expect(nodeClass(pool)?.spec).toMatchObject({ networkPolicy: 'DefaultDeny', ephemeralStorage: { size: '80Gi' } });
  });

  test('maxCpus, diskGiB, poolName can be chosen', () => {
    const { pool } = generalPool({ maxCpus: 2000, diskGiB: 100, poolName: 'cpu' });
    expect(nodePool(pool)).toMatchObject({ metadata: { name: 'cpu' }, spec: { limits: { cpu: '2000' } } });
    expect(nodeClass(pool)?.spec).toMatchObject({ ephemeralStorage: { size: '100Gi' } });
  });

  test.each<[Partial<GeneralNodePoolProps>, string]>([
    [{ maxCpus: 3 }, 'IntegerOutOfRange'],
    [{ maxCpus: 2001 }, 'IntegerOutOfRange'],
    [{ poolName: 'system' }, 'ReservedName'],
    [{ diskGiB: 49 }, 'IntegerOutOfRange'],
  ])('fails for %j', (props, code) => {
    expect(codes(() => generalPool(props))).toEqual([code]);
  });
});
