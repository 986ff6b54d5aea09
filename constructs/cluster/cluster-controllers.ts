import { Stack } from 'aws-cdk-lib';
import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, type Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import { integer, matches, requireNone } from '../core/validate';
import { WorkloadIdentity } from '../core/workload-identity';
import { ControllerNetworkChart } from './private/controller-network-chart';
import { envoyGatewayValues } from './private/envoy-gateway-values';
import { RateLimitTokenChart } from './private/rate-limit-token-chart';
import { VERSIONS } from './versions';

/** Where the counters of the rate limits are. */
export interface RateLimitAddress {
  /** Host name, reached with TLS. */
  readonly host: string;
  /** Port. */
  readonly port: number;
  /** Token that the store asks for, as plain text. */
  readonly authSecret: ISecret;
}

/** Properties for `ClusterControllers`. */
export interface ClusterControllersProps {
  /** Cluster that gets the controllers. Its namespaces come from `ClusterPolicies`; deploy this after it. */
  readonly cluster: ICluster;

  /** Counters that all proxies share. */
  readonly rateLimit: RateLimitAddress;

  /**
   * Copies of the controller, 1 to 5.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * Where the Helm charts are, without the name of a chart. A mirror in a registry of yours must let the cluster's deployments read
   * it.
   *
   * @default 'oci://docker.io/envoyproxy'
   */
  readonly chartRepository?: string;
}

/**
 * The controllers of a serving cluster: Envoy Gateway with its rate limit service, each by its pinned Helm chart.
 *
 * Closes their namespace but for what they need. The token of the counters reaches the rate limit service by the Secrets Store
 * driver and Pod Identity; no template and no log holds it. The chart brings the custom resource definitions of Gateway API and
 * Envoy Gateway on the first installation, and Helm leaves them alone on later ones: they are too large for a release of their
 * own (2.2 MB, a release may hold 1 MB) and for a client-side apply, so a new version means a server-side apply by an
 * administrator first (README). The chart is pulled from a public registry at deploy time. Costs a few small pods.
 *
 * @see https://gateway.envoyproxy.io/docs/install/install-helm/
 */
export class ClusterControllers extends Construct {
  /** Release of the controller. */
  public readonly envoyGateway: HelmChart;

  /** Identity of the rate limit service: it reads the token of the counters, nothing else. */
  public readonly rateLimitIdentity: WorkloadIdentity;

  /** Network policies of the controllers' namespace. */
  public readonly network: ControllerNetworkChart;

  /** @throws PlatformError `IntegerOutOfRange`, `InvalidFormat` */
  constructor(scope: Construct, id: string, props: ClusterControllersProps) {
    super(scope, id);
    const { cluster, rateLimit, replicas = 2, chartRepository = 'oci://docker.io/envoyproxy' } = props;
    requireNone(
      this,
      integer('replicas', replicas, 1, 5, 'pods'),
      matches(
        'chartRepository',
        chartRepository,
        /^oci:\/\/[^\s]+[^/\s]$/,
        "an 'oci://' address without a slash at its end",
      ),
    );

    this.network = new ControllerNetworkChart(new App(), 'controller-network', {
      namespace: NAMESPACE,
      counterPort: rateLimit.port,
    });
    const network = this.release('Network', cluster, this.network, 'controller-network');
    this.rateLimitIdentity = new WorkloadIdentity(this, 'RateLimit', {
      cluster,
      namespace: NAMESPACE,
      serviceAccount: 'envoy-ratelimit',
    });
    this.allowToken(rateLimit.authSecret);
    const token = new RateLimitTokenChart(new App(), 'rate-limit-token', {
      namespace: NAMESPACE,
      secretArn: rateLimit.authSecret.secretArn,
    });
    this.envoyGateway = this.createEnvoyGateway(props, replicas, chartRepository);
    this.envoyGateway.node.addDependency(network, this.release('RateLimitToken', cluster, token, 'rate-limit-token'));
  }

  /** By the identity's policy alone: a grant on the secret would change the key's policy in another stack. */
  private allowToken({ secretArn, encryptionKey }: ISecret): void {
    const grantee = this.rateLimitIdentity;
    Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resourceArns: [secretArn],
    });
    if (!encryptionKey) return;
    Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } },
    });
  }

  private release(id: string, cluster: ICluster, chart: Chart, releaseName: string): ChartRelease {
    return new ChartRelease(this, id, { cluster, chart, releaseName, namespace: NAMESPACE });
  }

  private createEnvoyGateway(
    { cluster, rateLimit }: ClusterControllersProps,
    replicas: number,
    chartRepository: string,
  ): HelmChart {
    return new HelmChart(this, 'EnvoyGateway', {
      cluster,
      chart: 'gateway-helm',
      repository: `${chartRepository}/gateway-helm`,
      version: `v${VERSIONS.envoyGateway.version}`,
      release: 'envoy-gateway',
      namespace: NAMESPACE,
      createNamespace: false,
      skipCrds: false,
      values: envoyGatewayValues({ replicas, rateLimit }),
    });
  }
}

const NAMESPACE = 'envoy-gateway-system';
