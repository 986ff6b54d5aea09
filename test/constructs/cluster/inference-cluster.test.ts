import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { InferenceCluster } from '../../../constructs/cluster';
import { allowed, clusterStack, existingCluster, HELM, objects, place, properties } from './fixture';

const CLUSTER = 'AWS::EKS::Cluster';

describe('InferenceCluster', () => {
  const defaults = clusterStack();
  const template = Template.fromStack(defaults.stack);

  test('runs Kubernetes 1.36 with Auto Mode and standard support', () => {
    template.hasResourceProperties(CLUSTER, {
      Name: 'acme-main',
      Version: '1.36',
      ComputeConfig: { Enabled: true, NodePools: ['system'] },
      StorageConfig: { BlockStorage: { Enabled: true } },
      KubernetesNetworkConfig: { ElasticLoadBalancing: { Enabled: true } },
      UpgradePolicy: { SupportType: 'STANDARD' },
      ZonalShiftConfig: { Enabled: true },
    });
  });

  test('can be reached inside its network only, from its private subnets', () => {
    const [cluster] = properties(defaults.stack, CLUSTER);
    expect(cluster?.['ResourcesVpcConfig']).toMatchObject({
      EndpointPrivateAccess: true,
      EndpointPublicAccess: false,
      SubnetIds: [1, 2].map((index) => ({
        'Fn::ImportValue': expect.stringContaining(`VpcPrivateSubnet${index}`),
      })),
    });
  });

  test('encrypts secrets with a customer key that it keeps', () => {
    template.hasResourceProperties(CLUSTER, {
      EncryptionConfig: [{ Provider: { KeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ClusterKey'), 'Arn'] } } }],
    });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('logs everything that the control plane does', () => {
    const [cluster] = properties(defaults.stack, CLUSTER);
    expect(cluster?.['Logging']).toEqual({
      ClusterLogging: {
        EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
      },
    });
  });

  test('has its log groups, encrypted, before anything writes to them', () => {
    const groups = properties(defaults.stack, 'AWS::Logs::LogGroup');
    expect(groups.map(({ LogGroupName }) => LogGroupName)).toEqual([
      undefined,
      '/aws/eks/acme-main/cluster',
      '/aws/containerinsights/acme-main/application',
      '/aws/containerinsights/acme-main/dataplane',
      '/aws/containerinsights/acme-main/host',
      '/aws/containerinsights/acme-main/performance',
    ]);
    expect(groups.every(({ KmsKeyId, RetentionInDays }) => KmsKeyId !== undefined && RetentionInDays === 365)).toBe(
      true,
    );
    template.hasResource(CLUSTER, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('ControlPlane')]) });
    template.hasResource('AWS::EKS::Addon', {
      Properties: { AddonName: 'amazon-cloudwatch-observability' },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('Insights')]),
    });
  });

  test('makes nobody an administrator but the deployments', () => {
    template.hasResourceProperties(CLUSTER, {
      AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
    });
    const entries = properties(defaults.stack, 'AWS::EKS::AccessEntry');
    expect(entries.map(({ PrincipalArn }) => JSON.stringify(PrincipalArn))).toEqual([
      expect.stringMatching(/ClusterDeployerRole/),
      expect.stringMatching(/ClusterGeneralPoolNodeRole/),
    ]);
  });

  test('administrators: one access entry each', () => {
    const arn = 'arn:aws:iam::111122223333:role/Operator';
    const { stack } = clusterStack({ administrators: [arn] });
    expect(properties(stack, 'AWS::EKS::AccessEntry')).toContainEqual({
      ClusterName: expect.anything(),
      PrincipalArn: arn,
      AccessPolicies: [
        {
          PolicyArn: {
            'Fn::Join': [
              '',
              ['arn:', { Ref: 'AWS::Partition' }, ':eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy'],
            ],
          },
          AccessScope: { Type: 'cluster' },
        },
      ],
    });
  });

  test('gives nodes the smallest managed policies', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'ec2.amazonaws.com' } })] },
      ManagedPolicyArns: ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'].map((name) => ({
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::aws:policy/${name}`]],
      })),
    });
  });

  test('cannot be deleted by mistake', () => {
    template.hasResource(CLUSTER, {
      Properties: { DeletionProtection: true },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    Annotations.fromStack(defaults.stack).hasNoWarning('*', Match.stringLikeRegexp('clusterNotProtected'));
  });

  test('deletionProtection: false says so', () => {
    const { stack } = clusterStack({ deletionProtection: false });
    Template.fromStack(stack).hasResourceProperties(CLUSTER, { DeletionProtection: false });
    Annotations.fromStack(stack).hasWarning('/Test/Cluster', Match.stringLikeRegexp('clusterNotProtected'));
  });

  test('deploys manifests from private subnets, with logs and traces', () => {
    const functions = properties(defaults.stack, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(2);
    for (const one of functions) {
      expect(one).toMatchObject({
        VpcConfig: { SubnetIds: [expect.anything(), expect.anything()] },
        LoggingConfig: { LogGroup: { Ref: expect.stringMatching(/^ClusterLogsDeployments/) } },
        TracingConfig: { Mode: 'Active' },
      });
    }
  });

  test('deployments may read charts, describe the one cluster, write their log: nothing else', () => {
    const statements = allowed(defaults.stack, 'ClusterDeployerRole');
    expect(statements.flatMap(({ actions }) => actions).toSorted()).toEqual([
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'eks:DescribeCluster',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    expect(statements.find(({ actions }) => actions.includes('s3:GetObject'))?.resource).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::cdk-hnb659fds-assets-111122223333-eu-west-1/*']],
    });
  });

  test('no function of it has an AWS managed policy', () => {
    const roles = properties(defaults.stack, 'AWS::IAM::Role').filter(({ AssumeRolePolicyDocument }) =>
      JSON.stringify(AssumeRolePolicyDocument).includes('lambda.amazonaws.com'),
    );
    expect(roles).toHaveLength(2);
    expect(roles.filter(({ ManagedPolicyArns }) => ManagedPolicyArns !== undefined)).toEqual([]);
  });

  test('has add-ons for metrics, secrets and observability', () => {
    const addons = properties(defaults.stack, 'AWS::EKS::Addon');
    expect(addons.map(({ AddonName }) => AddonName)).toEqual([
      'metrics-server',
      'aws-secrets-store-csi-driver-provider',
      'amazon-cloudwatch-observability',
    ]);
    expect(addons[2]).toMatchObject({ PodIdentityAssociations: [{ ServiceAccount: 'cloudwatch-agent' }] });
  });

  test('the CloudWatch agent writes log groups of this cluster and three metric namespaces', () => {
    const [logs, metrics, ...rest] = allowed(defaults.stack, 'ClusterAddOnsObservabilityRole');
    expect(rest).toEqual([]);
    expect(JSON.stringify(logs)).toContain(':log-group:/aws/containerinsights/');
    expect(metrics).toEqual({ actions: ['cloudwatch:PutMetricData'], resource: '*' });
  });

  test('observability: false leaves the add-on, its role and its log groups out', () => {
    const { stack } = clusterStack({ observability: false });
    expect(properties(stack, 'AWS::EKS::Addon')).toHaveLength(2);
    expect(properties(stack, 'AWS::Logs::LogGroup')).toHaveLength(2);
    expect(allowed(stack, 'ClusterAddOnsObservabilityRole')).toEqual([]);
  });

  test('encryptionKey: takes the place of its own', () => {
    const { stack, vpc } = place();
    const encryptionKey = Key.fromKeyArn(stack, 'Given', 'arn:aws:kms:eu-west-1:111122223333:key/given');
    const { encryptionKey: used } = new InferenceCluster(stack, 'Cluster', { vpc, clusterName: 'acme', encryptionKey });
    expect(used).toBe(encryptionKey);
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('holds the manifests of network and nodes, none of a workload', () => {
    const releases = properties(defaults.stack, HELM).map(({ Release }) => Release);
    expect(releases).toEqual(['network-enforcement', 'pool-general']);
    template.resourceCountIs('Custom::AWSCDK-EKS-KubernetesResource', 1);
  });

  test('add-ons wait for nodes, and nodes for the network', () => {
    const releases = template.findResources(HELM) as Record<string, { DependsOn?: string[] }>;
    const [network, pool] = Object.keys(releases);
    expect(releases[pool!]?.DependsOn).toContain(network);
    const addons = Object.values(template.findResources('AWS::EKS::Addon')) as { DependsOn?: string[] }[];
    expect(addons.map(({ DependsOn }) => DependsOn?.includes(pool!))).toEqual([true, true, true]);
  });

  test('maxCpus: the limit of its general nodes', () => {
    for (const [{ cluster }, cpu] of [
      [defaults, '64'],
      [clusterStack({ maxCpus: 8 }), '8'],
    ] as const) {
      expect(objects(cluster.generalPool.chart, 'NodePool')).toMatchObject([{ spec: { limits: { cpu } } }]);
    }
  });

  test('is connectable: opens the group of nodes and pods', () => {
    const { stack, cluster, vpc } = clusterStack();
    cluster.connections.allowFrom(new SecurityGroup(stack, 'Peer', { vpc }), Port.tcp(10_080));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 10_080,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Cluster'), 'ClusterSecurityGroupId'] },
    });
  });

  test.each([
    [{ clusterName: 'a' }, 'InvalidFormat'],
    [{ clusterName: 'a b' }, 'InvalidFormat'],
    [{ clusterName: `a${'b'.repeat(100)}` }, 'InvalidFormat'],
    [{ administrators: Array.from({ length: 11 }, (_, index) => `arn:aws:iam::1:role/r${index}`) }, 'CountOutOfRange'],
    [{ administrators: ['arn:aws:iam::1:role/r', 'arn:aws:iam::1:role/r'] }, 'DuplicateValue'],
  ])('fails for %j', (props, code) => {
    expect(() => clusterStack(props)).toThrow(`[${code}, at Test/Cluster]`);
  });
});

describe('InferenceCluster.fromCluster', () => {
  test('knows network and security group of a cluster that you have', () => {
    const { cluster, vpc } = existingCluster();
    expect(InferenceCluster.fromCluster({ cluster })).toEqual({
      cluster,
      vpc,
      securityGroup: cluster.clusterSecurityGroup,
      role: undefined,
      encryptionKey: undefined,
    });
  });
});
