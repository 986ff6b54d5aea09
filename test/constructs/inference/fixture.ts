import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { InferenceService } from '../../../constructs/inference';
import { type InferenceServiceProps, ModelServer } from '../../../constructs/inference';

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const IMAGE = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme-ml/predictor@sha256:${'b'.repeat(64)}`;

/** A cluster that is there already and a bucket in one stack and a place for the service in another, as in the platform. */
export function fixture() {
  const app = new App();
  const env = { account: '111122223333', region: 'eu-west-1' };
  const platform = new Stack(app, 'Platform', { env });
  const cluster = Cluster.fromClusterAttributes(platform, 'Cluster', {
    clusterName: 'acme',
    kubectlProvider: KubectlProvider.fromKubectlProviderAttributes(platform, 'Kubectl', {
      serviceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:kubectl',
      role: Role.fromRoleName(platform, 'Deployer', 'deployer'),
    }),
  });
  const bucket = new Bucket(platform, 'Artifacts', { encryptionKey: new Key(platform, 'Key') });
  const stack = new Stack(app, 'Test', { env });
  const props: InferenceServiceProps = {
    cluster,
    modelName: 'iris',
    modelVersion: '1.0.0',
    artifact: { bucket, key: 'models/iris/1.0.0/model.tar.gz', digest: DIGEST },
    image: IMAGE,
    server: ModelServer.fastApi(),
    owner: { team: 'ml-platform', contact: 'ml@example.com', runbook: 'https://example.com/runbook' },
    dataset: 'iris@1.2.0',
  };
  const vllm: InferenceServiceProps = {
    ...props,
    modelName: 'llama',
    modelVersion: '2.1.0',
    artifact: { bucket, key: 'models/llama/2.1.0/manifest.json', digest: DIGEST },
    server: ModelServer.vllm({ gpus: 1 }),
    dataset: undefined,
  };
  return { app, platform, stack, props, vllm };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env: { name: string; value: string }[];
  readonly resources: { requests: Record<string, unknown>; limits: Record<string, unknown> };
  readonly lifecycle?: unknown;
  readonly securityContext: unknown;
  readonly volumeMounts: { name: string; mountPath: string }[];
  readonly startupProbe?: { periodSeconds: number; failureThreshold: number; httpGet: unknown };
  readonly readinessProbe?: { httpGet: unknown };
  readonly livenessProbe?: { httpGet: unknown };
}

/** Properties of every resource of `type` in `stack`. */
export function properties(stack: Stack, type: string): unknown[] {
  const found = Template.fromStack(stack).findResources(type) as Record<string, { Properties: unknown }>;
  return Object.values(found).map(({ Properties }) => Properties);
}

/** The part of a manifest that the tests look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { name: string; namespace: string; labels: Record<string, string> };
  readonly automountServiceAccountToken?: boolean;
  readonly spec: Record<string, unknown> & {
    readonly replicas: number;
    readonly progressDeadlineSeconds: number;
    readonly strategy: unknown;
    readonly selector: unknown;
    readonly template: {
      readonly metadata: { labels: Record<string, string>; annotations: Record<string, string> };
      readonly spec: Record<string, unknown> & {
        readonly containers: Container[];
        readonly initContainers?: Container[];
        readonly terminationGracePeriodSeconds: number;
        readonly volumes: { name: string; emptyDir: { sizeLimit: string; medium?: string } }[];
      };
    };
  };
}

/** The manifest of `kind` that the release of `service` holds. */
export function manifest(service: InferenceService, kind: string): Manifest {
  const found = service.release.manifests.filter((object) => (object as Manifest).kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0] as Manifest;
}

/** The pod that the deployment of `service` makes. */
export function pod(service: InferenceService) {
  return manifest(service, 'Deployment').spec.template.spec;
}

/** The server container. */
export function server(service: InferenceService): Container {
  return pod(service).containers[0]!;
}

/** Environment of the server container. */
export function environment(service: InferenceService): Record<string, string> {
  return Object.fromEntries(server(service).env.map(({ name, value }) => [name, value]));
}
