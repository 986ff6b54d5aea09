import { Stack } from 'aws-cdk-lib';
import { type ICluster, HelmChart } from 'aws-cdk-lib/aws-eks-v2';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import { WorkloadIdentity } from '../core/workload-identity';
import { integer, requireNone } from '../core/validate';
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
}

/**
 * The controllers of a serving cluster: Envoy Gateway with its rate limit service, each by its pinned Helm chart.
 *
 * The custom resource definitions are a release of their own that comes first: Helm never upgrades definitions inside a chart,
 * and they are too large for a client-side apply. The token of the counters reaches the rate limit service by the Secrets Store
 * driver and Pod Identity; no template and no log holds it. The charts are pulled from a public registry at deploy time. Costs
 * a few small pods.
 *
 * @see https://gateway.envoyproxy.io/docs/install/install-helm/
 */
export class ClusterControllers extends Construct {
  /** Release of the custom resource definitions. */
  public readonly definitions: HelmChart;

  /** Release of the controller. */
  public readonly envoyGateway: HelmChart;

  /** Identity of the rate limit service: it reads the token of the counters, nothing else. */
  public readonly rateLimitIdentity: WorkloadIdentity;

  /** @throws PlatformError `IntegerOutOfRange` */
  constructor(scope: Construct, id: string, props: ClusterControllersProps) {
    super(scope, id);
    const { cluster, rateLimit, replicas = 2 } = props;
    requireNone(this, integer('replicas', replicas, 1, 5, 'pods'));

    this.definitions = this.addChart(cluster, 'Definitions', 'gateway-crds-helm', 'envoy-gateway-definitions', {
      crds: { gatewayAPI: { enabled: true, channel: 'standard' }, envoyGateway: { enabled: true } },
    });
    this.rateLimitIdentity = new WorkloadIdentity(this, 'RateLimit', {
      cluster,
      namespace: NAMESPACE,
      serviceAccount: 'envoy-ratelimit',
    });
    this.allowToken(rateLimit.authSecret);
    const token = new ChartRelease(this, 'RateLimitToken', {
      cluster,
      chart: new RateLimitTokenChart(new App(), 'rate-limit-token', {
        namespace: NAMESPACE,
        secretArn: rateLimit.authSecret.secretArn,
      }),
      releaseName: 'rate-limit-token',
      namespace: NAMESPACE,
    });
    this.envoyGateway = this.addChart(
      cluster,
      'EnvoyGateway',
      'gateway-helm',
      'envoy-gateway',
      envoyGatewayValues({ replicas, rateLimit }),
    );
    this.envoyGateway.node.addDependency(this.definitions, token);
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

  private addChart(
    cluster: ICluster,
    id: string,
    chart: string,
    release: string,
    values: Record<string, unknown>,
  ): HelmChart {
    return new HelmChart(this, id, {
      cluster,
      chart,
      repository: `oci://docker.io/envoyproxy/${chart}`,
      version: `v${VERSIONS.envoyGateway.version}`,
      release,
      namespace: NAMESPACE,
      createNamespace: false,
      skipCrds: true,
      values,
    });
  }
}

const NAMESPACE = 'envoy-gateway-system';
