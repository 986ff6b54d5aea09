import { App, Duration, Stack } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  EncryptionKey,
  GatewayEdge,
  type GatewayEdgeProps,
  type IGatewayEdge,
  type IModelBackend,
  InferenceGateway,
  type InferenceGatewayProps,
  type Owner,
  ServiceClient,
  TokenIssuer,
} from '../../../constructs';

export const OWNER: Owner = { team: 'ml', contact: 'ml@example.com', runbook: 'https://example.com/runbook' };
export const DIGEST = `@sha256:${'a'.repeat(64)}`;
export const ENV = { account: '123456789012', region: 'eu-west-1' };

/** An edge that is not ours. */
export const EDGE: IGatewayEdge = {
  domainName: 'inference.example.com',
  targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/proxies/0123456789abcdef',
  loadBalancerCidrs: ['10.0.0.0/24', '10.0.1.0/24'],
  idleTimeout: Duration.minutes(5),
};

/** A model as a route sees it. */
export function model(name = 'iris', overrides: Partial<IModelBackend> = {}): IModelBackend {
  return {
    modelName: name,
    modelVersion: '1.0.0',
    namespace: 'models',
    serviceName: name,
    port: 80,
    paths: [`/v2/models/${name}`],
    streaming: false,
    ...overrides,
  };
}

/** A stack, and a cluster that is not ours. */
export function cluster(app = new App()) {
  const others = new Stack(app, 'Others', { env: ENV });
  const imported = Cluster.fromClusterAttributes(others, 'Cluster', {
    clusterName: 'acme-ml-main',
    kubectlProvider: KubectlProvider.fromKubectlProviderAttributes(others, 'Kubectl', {
      serviceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:kubectl',
      role: Role.fromRoleName(others, 'Deployer', 'deployer'),
    }),
  });
  return { app, cluster: imported, stack: new Stack(app, 'Test', { env: ENV }) };
}

/** A key for logs. */
export function key(stack: Stack): EncryptionKey {
  return new EncryptionKey(stack, 'Key', { description: 'test' }).allowLogs();
}

/** Cognito with one machine client of tenant `acme`. */
export function cognito(stack: Stack): TokenIssuer {
  const issuer = TokenIssuer.cognito(stack, 'Issuer', { encryptionKey: key(stack), domainPrefix: 'acme-ml-main' });
  new ServiceClient(stack, 'Client', { issuer, tenant: 'acme' });
  return issuer;
}

/** An issuer that is not ours. */
export function oidc(): TokenIssuer {
  return TokenIssuer.oidc({
    issuerUrl: 'https://login.example.com',
    jwksUrl: 'https://login.example.com/keys',
    audience: 'inference',
  });
}

/** A gateway behind `EDGE`. */
export function gateway(overrides: Partial<InferenceGatewayProps> = {}) {
  const fixture = cluster();
  const created = new InferenceGateway(fixture.stack, 'Gateway', {
    cluster: fixture.cluster,
    edge: EDGE,
    issuer: oidc(),
    image: `envoy${DIGEST}`,
    ...overrides,
  });
  return { ...fixture, gateway: created };
}

/** An edge of ours, in a stack of its own. */
export function edge(overrides: Partial<GatewayEdgeProps> = {}) {
  const app = new App();
  const stack = new Stack(app, 'Edge', { env: ENV });
  const vpc = new Vpc(stack, 'Vpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'], natGateways: 1 });
  const clusterSecurityGroup = new SecurityGroup(stack, 'Nodes', { vpc });
  const encryptionKey = key(stack);
  const created = new GatewayEdge(stack, 'Edge', {
    vpc,
    clusterSecurityGroup,
    encryptionKey,
    clusterName: 'acme-ml-main',
    domainName: 'inference.example.com',
    issuer: oidc(),
    accessLogs: Bucket.fromBucketName(stack, 'AccessLogs', 'access-logs'),
    ...overrides,
  });
  return { app, stack, vpc, clusterSecurityGroup, encryptionKey, edge: created };
}
