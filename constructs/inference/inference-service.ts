import { Annotations, Stack } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import type { Problem } from '../core/errors';
import type { Owner } from '../core/owner';
import { dnsLabel, matches, pinnedImage, requireNone, sha256Digest } from '../core/validate';
import { WorkloadIdentity } from '../core/workload-identity';
import { InferenceChart } from './inference-chart';
import { InferenceServiceGrants } from './inference-service-grants';
import { InferenceServiceMetrics } from './inference-service-metrics';
import type { ModelArtifact } from './model-artifact';
import type { IModelBackend } from './model-backend';
import { DEFAULT_INGRESS, type ModelIngress } from './private/network';
import { Scaling } from './scaling';
import type { IModelServer, ServedModel, ServerSpec } from './server-spec';

/** Properties for `InferenceService`. */
export interface InferenceServiceProps {
  /** Cluster that runs the pods. It must have a kubectl provider. */
  readonly cluster: ICluster;

  /** Name of the model, also of every Kubernetes object: 2 to 39 lower-case letters, digits or hyphens. */
  readonly modelName: string;

  /** Semantic version of the model, for example `1.0.0`. */
  readonly modelVersion: string;

  /** What is served. The pods may read this object, and nothing else. */
  readonly artifact: ModelArtifact;

  /** Image of the server, pinned by digest. */
  readonly image: string;

  /** Server software, from `ModelServer`. */
  readonly server: IModelServer;

  /** Who answers for the model; on the pods as label and annotations. */
  readonly owner: Owner;

  /**
   * Dataset that the model was trained on, as `<name>@<semantic version>`.
   *
   * @default - unknown
   */
  readonly dataset?: string;

  /**
   * How many pods.
   *
   * @default Scaling.fixed(2)
   */
  readonly scaling?: Scaling;

  /**
   * Kubernetes namespace. It must exist.
   *
   * @default 'models'
   */
  readonly namespace?: string;

  /**
   * Who may connect to the pods.
   *
   * @default - the proxies of the gateway
   */
  readonly ingress?: ModelIngress;
}

/**
 * One version of a model, served in the cluster.
 *
 * Defines an IAM role bound to the pods by EKS Pod Identity that reads the artefact, and one Helm release with ServiceAccount,
 * Deployment, Service, PodDisruptionBudget and a NetworkPolicy that denies by default. All of it belongs to the stack of this
 * construct, not to the cluster's. Nothing is served unless its digest is the one given. Costs node time for every replica, idle
 * or not. Does not make the model reachable from outside (`ModelRoute`) and does not scale by itself.
 */
export class InferenceService extends Construct implements IGrantable, IModelBackend {
  /** Name of the model. */
  public readonly modelName: string;
  /** Version that is served. */
  public readonly modelVersion: string;
  /** Kubernetes namespace. */
  public readonly namespace: string;
  /** Name of the Kubernetes Service. */
  public readonly serviceName: string;
  /** Port of the Service. */
  public readonly port: number;
  /** Path prefixes that clients may call. */
  public readonly paths: readonly string[];
  /** Whether answers may be streams. */
  public readonly streaming: boolean;

  /** Who answers for the model. */
  public readonly owner: Owner;
  /** Path of the Prometheus metrics on `port`. */
  public readonly metricsPath: string;
  /** The cdk8s half, for escape hatches. */
  public readonly chart: InferenceChart;
  /** The Helm release. */
  public readonly release: ChartRelease;
  /** Identity of the pods. */
  public readonly identity: WorkloadIdentity;
  /** Permissions that others can hold on what is served. */
  public readonly grants: InferenceServiceGrants;
  /** Golden signals, and what the pods use. */
  public readonly metrics: InferenceServiceMetrics;

  constructor(scope: Construct, id: string, props: InferenceServiceProps) {
    super(scope, id);
    const { cluster, modelName, modelVersion, artifact, owner } = props;
    const { namespace = 'models', scaling = Scaling.fixed(2) } = props;
    const model = servedModel(props);
    requireNone(this, problems(props, namespace), scaling.problems(), props.server.problems(model));
    const server = props.server.spec(model);

    this.modelName = modelName;
    this.modelVersion = modelVersion;
    this.namespace = namespace;
    this.serviceName = modelName;
    this.port = server.port;
    this.paths = server.paths;
    this.streaming = server.streaming;
    this.owner = owner;
    this.metricsPath = server.metricsPath;

    this.identity = new WorkloadIdentity(this, 'Identity', { cluster, namespace, serviceAccount: modelName });
    this.grants = new InferenceServiceGrants(artifact, server.readsFolder);
    const permission = this.grants.readArtifact(this.identity);
    this.chart = this.createChart(props, server, scaling, namespace);
    this.release = new ChartRelease(this, 'Release', {
      cluster,
      chart: this.chart,
      releaseName: `model-${modelName}`,
      namespace,
    });
    permission.applyBefore(this.release);
    this.release.node.addDependency(this.identity);
    this.metrics = new InferenceServiceMetrics(server.queries, {
      clusterName: cluster.clusterName,
      namespace,
      serviceName: modelName,
    });
    this.warn(scaling);
  }

  /** The identity of the pods. */
  public get grantPrincipal(): IPrincipal {
    return this.identity.grantPrincipal;
  }

  private createChart(
    props: InferenceServiceProps,
    server: ServerSpec,
    scaling: Scaling,
    namespace: string,
  ): InferenceChart {
    const { modelName, image } = props;
    return new InferenceChart(new App(), modelName, {
      name: modelName,
      namespace,
      image,
      server,
      region: Stack.of(this).region,
      replicas: scaling.replicas,
      labels: labels(props),
      annotations: {
        'groundplane.dev/owner-contact': props.owner.contact,
        'groundplane.dev/runbook': props.owner.runbook,
        'groundplane.dev/artifact-digest': props.artifact.digest,
      },
      ingress: { ...DEFAULT_INGRESS, ...props.ingress },
    });
  }

  private warn(scaling: Scaling): void {
    if (scaling.replicas > 1) return;
    Annotations.of(this).addWarningV2(
      'groundplane:OneReplica',
      `'${this.modelName}' runs on one pod: the loss of its node interrupts the service; use Scaling.fixed(2) or more`,
    );
  }
}

function servedModel({ modelName, modelVersion, artifact, dataset }: InferenceServiceProps): ServedModel {
  const [name = '', version = ''] = dataset?.split('@') ?? [];
  const { bucketName } = artifact.bucket;
  return {
    modelName,
    modelVersion,
    bucketName,
    key: artifact.key,
    digest: artifact.digest,
    dataset: dataset === undefined ? undefined : { name, version },
  };
}

function problems(props: InferenceServiceProps, namespace: string): Problem[] {
  const { modelName, modelVersion, artifact, image, dataset, owner, ingress } = props;
  return [
    dnsLabel('modelName', modelName),
    matches('modelVersion', modelVersion, /^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/, "a semantic version such as '1.0.0'"),
    matches('artifact.key', artifact.key, /^[^/].{0,1023}$/, 'an object key without a leading slash'),
    sha256Digest('artifact.digest', artifact.digest),
    pinnedImage('image', image),
    matches('owner.team', owner.team, LABEL, 'at most 63 letters, digits, dots, hyphens or underscores'),
    dataset === undefined ? [] : matches('dataset', dataset, DATASET, "'<name>@<semantic version>'"),
    dnsLabel('namespace', namespace, 63),
    ...[...(ingress?.callers ?? []), ...(ingress?.scrapers ?? [])].map(({ namespace: peer }) =>
      dnsLabel('ingress', peer, 63),
    ),
    ...(ingress?.scraperRanges ?? []).map((range, index) =>
      matches(`ingress.scraperRanges[${index}]`, range, CIDR, "an IPv4 range from /8 to /32 such as '10.0.0.0/16'"),
    ),
  ].flat();
}

const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const DATASET = /^[a-z][a-z0-9-]{0,61}[a-z0-9]@\d+\.\d+\.\d+$/;
const CIDR = /^\d{1,3}(\.\d{1,3}){3}\/([89]|[12]\d|3[0-2])$/;

function labels({ modelName, modelVersion, dataset, owner }: InferenceServiceProps): Record<string, string> {
  const [name = '', version = ''] = dataset?.split('@') ?? [];
  return {
    'app.kubernetes.io/version': modelVersion,
    'app.kubernetes.io/part-of': 'groundplane',
    'groundplane.dev/model': modelName,
    'groundplane.dev/model-version': modelVersion,
    'groundplane.dev/owner': owner.team,
    ...(dataset !== undefined && { 'groundplane.dev/dataset': name, 'groundplane.dev/dataset-version': version }),
  };
}
