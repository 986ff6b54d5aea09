import { App, Duration, Stack } from 'aws-cdk-lib';
import { Subnet } from 'aws-cdk-lib/aws-ec2';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { TokenIssuer } from '../../../constructs';
import type { ReleasedModel } from '../../../lib/config/locks';
import { type PlatformConfigInput, platformSchema } from '../../../lib/config/schema';
import { platformContract } from '../../../lib/contract';
import type { ServingStackProps } from '../../../lib/data-plane/serving-stack';
import type { CellInput } from '../../../lib/platform';

export const DIGEST = `sha256:${'a'.repeat(64)}`;

/** An app with the switches of cdk.json that change templates. */
export function testApp(): App {
  return new App({
    context: { '@aws-cdk/core:enablePartitionLiterals': true, '@aws-cdk/aws-iam:minimizePolicies': true },
  });
}

/** A release lock entry. */
export function released(version: string): ReleasedModel {
  return {
    version,
    artifactDigest: DIGEST,
    dataset: 'iris@1.0.0',
    evidenceDigest: DIGEST,
    approvedBy: ['arn:aws:sts::123456789012:assumed-role/reviewer/ann'],
    execution: 'arn:aws:states:eu-west-1:123456789012:execution:acme-ml-training-iris:1',
  };
}

/** The only cell of a small configuration. */
export function cellInput(
  config: Partial<PlatformConfigInput> = {},
  models: Readonly<Record<string, ReleasedModel>> = {},
  images: Readonly<Record<string, string>> = { predictor: DIGEST, vllm: DIGEST },
): CellInput {
  const parsed = platformSchema.parse({
    name: 'acme-ml',
    account: '123456789012',
    region: 'eu-west-1',
    zones: ['eu-west-1a', 'eu-west-1b'],
    domain: 'inference.example.com',
    ...config,
  });
  const contract = platformContract(parsed);
  return {
    config: parsed,
    contract,
    images: { images: { ...images } },
    releases: { main: { cell: 'main', models: { ...models } } },
    cell: parsed.cells[0]!,
    names: contract.cells[0]!,
  };
}

/** What a ServingStack gets from the stacks before it, as references by name. */
export function servingProps(app: App, input: CellInput): ServingStackProps {
  const env = { account: '123456789012', region: 'eu-west-1' };
  const others = new Stack(app, 'Others', { env });
  return {
    input,
    cluster: Cluster.fromClusterAttributes(others, 'Cluster', {
      clusterName: 'acme-ml-main',
      kubectlProvider: KubectlProvider.fromKubectlProviderAttributes(others, 'Kubectl', {
        serviceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:kubectl',
        role: Role.fromRoleName(others, 'Deployer', 'deployer'),
      }),
    }),
    edge: {
      domainName: 'inference.example.com',
      targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/acme/0123456789abcdef',
      loadBalancerCidrs: ['10.20.0.0/24'],
      idleTimeout: Duration.seconds(600),
    },
    issuer: TokenIssuer.oidc({
      issuerUrl: 'https://issuer.example.com',
      jwksUrl: 'https://issuer.example.com/jwks',
      audience: 'inference',
    }),
    artifacts: Bucket.fromBucketName(others, 'Artifacts', input.names.artifactBucket),
    scraperSubnets: [
      Subnet.fromSubnetAttributes(others, 'Data', { subnetId: 'subnet-1', ipv4CidrBlock: '10.20.8.0/24' }),
    ],
    encryptionKey: Key.fromKeyArn(
      others,
      'Key',
      'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000',
    ),
  };
}
