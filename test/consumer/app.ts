// A project that is not ours: it has a VPC and a cluster, and takes single constructs out of the packed library.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Role } from 'aws-cdk-lib/aws-iam';
import {
  AuditTrail,
  EncryptionKey,
  FeatureGroup,
  FeatureStore,
  InferenceGateway,
  InferenceService,
  LogArchive,
  ModelRegistry,
  ModelRoute,
  ModelServer,
  TokenIssuer,
} from 'groundplane';
import { redactedTemplate } from 'groundplane/testing';

const app = new App();
const stack = new Stack(app, 'TheirStack', { env: { account: '210987654321', region: 'us-west-2' } });
const owner = { team: 'search', contact: 'search@example.com', runbook: 'https://example.com/runbooks' };

const vpc: IVpc = Vpc.fromVpcAttributes(stack, 'TheirVpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-west-2a', 'us-west-2b'],
  privateSubnetIds: ['subnet-0a', 'subnet-0b'],
  publicSubnetIds: ['subnet-1a', 'subnet-1b'],
});
const cluster: ICluster = Cluster.fromClusterAttributes(stack, 'TheirCluster', {
  clusterName: 'theirs',
  vpc,
  kubectlProvider: KubectlProvider.fromKubectlProviderAttributes(stack, 'TheirKubectl', {
    serviceToken: 'arn:aws:lambda:us-west-2:210987654321:function:their-kubectl',
    role: Role.fromRoleArn(stack, 'TheirKubectlRole', 'arn:aws:iam::210987654321:role/their-kubectl'),
  }),
});

const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Their data' }).allowLogs();
const registry = new ModelRegistry(stack, 'Registry', { prefix: 'search', encryptionKey });
const gateway = new InferenceGateway(stack, 'Gateway', {
  cluster,
  edge: {
    domainName: 'models.example.com',
    targetGroupArn: 'arn:aws:elasticloadbalancing:us-west-2:210987654321:targetgroup/theirs/0123456789abcdef',
    loadBalancerCidrs: ['10.0.0.0/24'],
    idleTimeout: Duration.minutes(2),
  },
  issuer: TokenIssuer.oidc({
    issuerUrl: 'https://login.example.com',
    jwksUrl: 'https://login.example.com/keys',
    audience: 'models',
  }),
});
const model = new InferenceService(stack, 'Ranker', {
  cluster,
  modelName: 'ranker',
  modelVersion: '3.2.1',
  artifact: {
    bucket: registry.artifacts.bucket,
    key: 'models/ranker/3.2.1/model.tar.gz',
    digest: `sha256:${'a'.repeat(64)}`,
    encryptionKey,
  },
  image: `210987654321.dkr.ecr.us-west-2.amazonaws.com/predictor@sha256:${'b'.repeat(64)}`,
  server: ModelServer.fastApi(),
  owner,
});
new ModelRoute(stack, 'Route', { gateway, model, owner });
new FeatureGroup(stack, 'Users', {
  store: new FeatureStore(stack, 'Features', { encryptionKey, databaseName: 'search_features' }),
  featureGroupName: 'users',
  description: 'What we know of a user',
  owner,
  features: { user_id: 'string', updated_at: 'string', clicks_7d: 'integral' },
  recordIdentifier: 'user_id',
  eventTime: 'updated_at',
});
new AuditTrail(stack, 'Trail', {
  trailName: 'search',
  archive: new LogArchive(stack, 'Archive', { encryptionKey }),
  encryptionKey,
  owner,
});

const resources = Object.keys(JSON.parse(redactedTemplate(stack)).Resources as object).length;
app.synth();
console.log(`${resources} resources synthesised`);
