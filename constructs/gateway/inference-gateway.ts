import { Annotations, Duration, Size } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { App, type Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import type { Problem } from '../core/errors';
import { countBetween, dnsLabel, duration, integer, pinnedImage, requireNone, when } from '../core/validate';
import type { TokenIssuer } from '../identity';
import type { IGatewayEdge } from './gateway-edge-ref';
import { routingProblems } from './invariants';
import { GatewayChart } from './private/gateway-chart';
import { RateLimit } from './rate-limit';
import { Resilience } from './resilience';

/** Properties for `InferenceGateway`. */
export interface InferenceGatewayProps {
  /** Cluster that runs the proxies. It must have a kubectl provider and Envoy Gateway (`ClusterControllers`). */
  readonly cluster: ICluster;

  /** Public edge that forwards to the proxies. */
  readonly edge: IGatewayEdge;

  /** Who issues the tokens that are accepted. Define its clients before the gateway. */
  readonly issuer: TokenIssuer;

  /**
   * Name of the Gateway and of its class, 2 to 39 lower-case letters, digits or hyphens.
   *
   * @default 'inference'
   */
  readonly gatewayName?: string;

  /**
   * Namespace of the Gateway. It must exist, and hold nothing that runs.
   *
   * @default 'gateway'
   */
  readonly namespace?: string;

  /**
   * Labels of the namespaces whose routes are accepted and whose models can be reached.
   *
   * @default { 'groundplane.dev/tier': 'workload' }
   */
  readonly workloadLabels?: Readonly<Record<string, string>>;

  /**
   * Proxies to keep running, on different nodes, 2 to 50.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * Proxy image, pinned by digest.
   *
   * @default - the image that Envoy Gateway was released with, by tag; a warning says so
   */
  readonly image?: string;

  /**
   * Request limit of each route that sets none.
   *
   * @default RateLimit.perTenant({ requestsPerMinute: 600 })
   */
  readonly limits?: RateLimit;

  /**
   * Largest request body, 1 KiB to 64 MiB; more is refused with 413.
   *
   * @default Size.mebibytes(1)
   */
  readonly maxRequestBody?: Size;

  /**
   * Address ranges that the metric scraper calls from, as CIDR.
   *
   * @default - none: metrics of the proxies cannot be collected
   */
  readonly scraperCidrs?: readonly string[];

  /**
   * Connections that one proxy holds at most, 10 to 1,000,000.
   *
   * @default 10000
   */
  readonly maxConnections?: number;

  /**
   * How long a proxy that goes away waits for its open answers, 30 seconds to 1 hour.
   *
   * @default Duration.minutes(5)
   */
  readonly drainTimeout?: Duration;
}

/** What a gateway knows of a route on it. */
export interface RouteEntry {
  /** Path of the construct. */
  readonly path: string;
  /** Name of the route. */
  readonly routeName: string;
  /** Path prefixes that it answers. */
  readonly prefixes: readonly string[];
}

/**
 * The gateway that every request to a model passes: Envoy, configured by Gateway API and Envoy Gateway.
 *
 * Denies by default: no token of the issuer with the right scope and a tenant, no model. What a caller sends as identity is
 * dropped and set from the token. Limits per tenant are counted in a shared store. Defines a Helm release with the Gateway,
 * its policies, two proxies on different nodes and network policies. Costs the proxies' share of the nodes (a quarter of a
 * CPU and half a GiB each). Between load balancer and proxies the traffic is plain HTTP within the VPC.
 *
 * @throws PlatformError with the codes of `docs/reference/errors.md` when a value is out of bounds
 */
export class InferenceGateway extends Construct {
  /** Name of the Gateway. */
  public readonly gatewayName: string;

  /** Namespace of the Gateway. */
  public readonly namespace: string;

  /** Cluster that runs it. */
  public readonly cluster: ICluster;

  /** The public edge before it. */
  public readonly edge: IGatewayEdge;

  /** Who issues the tokens that are accepted. */
  public readonly issuer: TokenIssuer;

  /** Request limit of each route that sets none. */
  public readonly limits: RateLimit;

  /** Largest request body. */
  public readonly maxRequestBody: Size;

  /** The cdk8s half, for escape hatches in tests. */
  public readonly chart: Chart;

  /** The Helm release. */
  public readonly release: ChartRelease;

  readonly #routes: RouteEntry[] = [];

  constructor(scope: Construct, id: string, props: InferenceGatewayProps) {
    super(scope, id);
    this.cluster = props.cluster;
    this.edge = props.edge;
    this.issuer = props.issuer;
    this.gatewayName = props.gatewayName ?? 'inference';
    this.namespace = props.namespace ?? 'gateway';
    this.limits = props.limits ?? RateLimit.perTenant({ requestsPerMinute: 600 });
    this.maxRequestBody = props.maxRequestBody ?? Size.mebibytes(1);
    const { replicas = 2, maxConnections = 10_000, drainTimeout = Duration.minutes(5), image } = props;
    requireNone(
      this,
      this.problems(),
      integer('replicas', replicas, 2, 50, 'proxies'),
      integer('maxConnections', maxConnections, 10, 1_000_000, 'connections'),
      duration('drainTimeout', drainTimeout, 30, 3600),
      image === undefined ? [] : pinnedImage('image', image),
    );
    this.warn(image);

    this.chart = new GatewayChart(new App(), this.gatewayName, {
      name: this.gatewayName,
      namespace: this.namespace,
      proxyNamespace: 'envoy-gateway-system',
      workloadLabels: props.workloadLabels ?? { 'groundplane.dev/tier': 'workload' },
      hostname: this.edge.domainName,
      targetGroupArn: this.edge.targetGroupArn,
      loadBalancerCidrs: this.edge.loadBalancerCidrs,
      scraperCidrs: props.scraperCidrs ?? [],
      edgeIdleTimeout: this.edge.idleTimeout,
      drainTimeout,
      issuer: this.issuer,
      replicas,
      image,
      maxConnections,
      maxRequestBody: this.maxRequestBody,
      limits: this.limits,
      resilience: Resilience.unary(),
    });
    requireNone(this, routingProblems(this.chart.toJson(), new Set()));
    this.release = new ChartRelease(this, 'Release', {
      cluster: this.cluster,
      chart: this.chart,
      releaseName: `gateway-${this.gatewayName}`,
      namespace: this.namespace,
    });
  }

  /** Routes on this gateway. */
  public get routes(): readonly RouteEntry[] {
    return this.#routes;
  }

  /** What would clash if `entry` were on this gateway. */
  public routeProblems(entry: RouteEntry): Problem[] {
    return this.#routes.flatMap((other) => [
      ...when(
        other.routeName === entry.routeName,
        'DuplicateRoute',
        `'routeName' must be unique on gateway '${this.gatewayName}', got '${entry.routeName}', which ${other.path} has; choose another`,
      ),
      ...entry.prefixes
        .filter((prefix) => other.prefixes.includes(prefix))
        .map((prefix) => ({
          code: 'DuplicatePath',
          text: `'paths' must be unique on gateway '${this.gatewayName}', got '${prefix}', which ${other.path} answers; remove it from one`,
        })),
    ]);
  }

  /** Enters a route, so that a later one cannot clash with it. `ModelRoute` does it. */
  public addRoute(entry: RouteEntry): void {
    this.#routes.push(entry);
  }

  private problems(): Problem[] {
    const kib = this.maxRequestBody.toKibibytes();
    return [
      ...dnsLabel('gatewayName', this.gatewayName),
      ...dnsLabel('namespace', this.namespace, 63),
      ...this.limits.problems(),
      ...this.issuer.problems(),
      ...countBetween('edge.loadBalancerCidrs', this.edge.loadBalancerCidrs.length, 1, 50, 'address ranges'),
      ...integer('maxRequestBody', kib, 1, 65_536, 'KiB'),
      ...countBetween('issuer.clientIds', this.issuer.clientIds.length, 0, 128, 'clients'),
      ...duration('edge.idleTimeout', this.edge.idleTimeout, 1, 4000),
    ];
  }

  private warn(image: string | undefined): void {
    const annotations = Annotations.of(this);
    if (image === undefined) {
      annotations.addWarningV2(
        'groundplane:gateway-image-by-tag',
        "The proxies run the image that Envoy Gateway names by tag. Pass 'image' with a digest to fix it.",
      );
    }
    if (this.issuer.audience === undefined && this.issuer.clientIds.length === 0) {
      annotations.addWarningV2(
        'groundplane:gateway-without-clients',
        'The token issuer has no client yet: the gateway refuses every request. Define a ServiceClient before the gateway.',
      );
    }
  }
}
