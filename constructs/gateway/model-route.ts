import { App, type Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ChartRelease } from '../core/chart-release';
import type { Problem } from '../core/errors';
import type { Owner } from '../core/owner';
import { countBetween, dnsLabel, integer, matches, requireNone, unique, when } from '../core/validate';
import type { IModelBackend } from '../inference/model-backend';
import type { InferenceGateway } from './inference-gateway';
import { routingProblems } from './invariants';
import { RouteChart, type Share } from './private/route-chart';
import { RouteSecurityChart } from './private/route-security-chart';
import type { RateLimit } from './rate-limit';
import { Resilience } from './resilience';

/** A share of the requests of a route. */
export interface WeightedModel {
  /** Model that gets it. */
  readonly model: IModelBackend;
  /** Percent of the requests, 0 to 100. All shares of a route sum to 100. */
  readonly weight: number;
}

/** Copies of the requests of a route. */
export interface MirroredModel {
  /** Model that gets them. Its answers are dropped. */
  readonly model: IModelBackend;
  /** Percent of the requests that are copied, 1 to 100. */
  readonly percent: number;
}

/** Properties for `ModelRoute`. */
export interface ModelRouteProps {
  /** Gateway that the route is on. */
  readonly gateway: InferenceGateway;

  /** Model that answers, or shares of several versions of it. All are in one namespace. */
  readonly model: IModelBackend | readonly WeightedModel[];

  /** Who answers for the route. */
  readonly owner: Owner;

  /**
   * Name of the route, 2 to 39 lower-case letters, digits or hyphens, unique on the gateway.
   *
   * @default - the name of the model
   */
  readonly routeName?: string;

  /**
   * Path prefixes that the route answers, at most 16, unique on the gateway.
   *
   * @default - the paths of the model
   */
  readonly paths?: readonly string[];

  /**
   * Models that answer, in this order, when the first cannot.
   *
   * @default - none
   */
  readonly fallback?: readonly IModelBackend[];

  /**
   * Model that gets copies of the requests.
   *
   * @default - none
   */
  readonly mirror?: MirroredModel;

  /**
   * How much one tenant may ask of this route.
   *
   * @default - the limit of the gateway
   */
  readonly limits?: RateLimit;

  /**
   * What happens when the model is slow, broken or gone.
   *
   * @default - Resilience.streaming() for a model that streams, else Resilience.unary()
   */
  readonly resilience?: Resilience;

  /**
   * Tenants that may call this route.
   *
   * @default - every tenant of the issuer
   */
  readonly tenants?: readonly string[];
}

/**
 * The way from the gateway to a model.
 *
 * Checks what no engine says: weights sum to 100, paths are unique, timeouts nest, policies and backends exist. The caller's
 * token stops at the gateway; the answer carries model and version, but for routes with a fallback, where the model server
 * says it. Costs nothing at rest.
 *
 * @throws PlatformError with the codes of `docs/reference/errors.md`
 */
export class ModelRoute extends Construct {
  /** Name of the route. */
  public readonly routeName: string;

  /** Namespace of the route and its models. */
  public readonly namespace: string;

  /** Path prefixes that the route answers. */
  public readonly paths: readonly string[];

  /** Model that answers, or the first of several. */
  public readonly model: IModelBackend;

  /** Who answers for the route. */
  public readonly owner: Owner;

  /** How much one tenant may ask of this route. */
  public readonly limits: RateLimit;

  /** What happens when the model is slow, broken or gone. */
  public readonly resilience: Resilience;

  /** The cdk8s half. */
  public readonly chart: Chart;

  /** The Helm release. */
  public readonly release: ChartRelease;

  constructor(scope: Construct, id: string, props: ModelRouteProps) {
    super(scope, id);
    const { gateway, owner, fallback = [], mirror, tenants } = props;
    const shares = sharesOf(props.model);
    requireNone(this, countBetween('model', shares.length, 1, 10, 'models'));
    this.model = shares[0]!.model;
    this.owner = owner;
    this.namespace = this.model.namespace;
    this.routeName = props.routeName ?? this.model.modelName;
    this.paths = props.paths ?? this.model.paths;
    this.limits = props.limits ?? gateway.limits;
    this.resilience = props.resilience ?? (this.model.streaming ? Resilience.streaming() : Resilience.unary());
    requireNone(this, this.problems(gateway), modelProblems(shares, fallback, mirror), tenantProblems(tenants));

    this.chart = new RouteChart(new App(), this.routeName, {
      name: this.routeName,
      namespace: this.namespace,
      gateway: { name: gateway.gatewayName, namespace: gateway.namespace },
      hostname: gateway.edge.domainName,
      paths: this.paths,
      shares,
      fallback,
      mirror,
      limits: this.limits,
      resilience: this.resilience,
      maxRequestBody: gateway.maxRequestBody,
    });
    requireNone(
      this,
      routingProblems(this.chart.toJson(), servicesOf([...shares.map((share) => share.model), mirror?.model])),
    );
    this.release = this.createRelease(gateway, tenants);
    this.waitForModels([...shares.map(({ model }) => model), ...fallback, mirror?.model]);
    gateway.addRoute({ path: this.node.path, routeName: this.routeName, prefixes: this.paths });
  }

  private problems(gateway: InferenceGateway): Problem[] {
    return [
      ...dnsLabel('routeName', this.routeName),
      ...countBetween('paths', this.paths.length, 1, 16, 'path prefixes'),
      ...this.paths.flatMap((path) =>
        matches('paths', path, /^(\/[A-Za-z0-9._~-]+)+$/, "a path such as '/v2/models/iris', without a trailing slash"),
      ),
      ...unique('paths', this.paths),
      ...this.limits.problems(),
      ...this.resilience.problems(this.model.streaming, gateway.edge.idleTimeout),
      ...gateway.routeProblems({ path: this.node.path, routeName: this.routeName, prefixes: this.paths }),
    ];
  }

  /** The gateway's own policy comes first, and that for single tenants too, so that the route is never open without them. */
  private createRelease(gateway: InferenceGateway, tenants: readonly string[] | undefined): ChartRelease {
    const { cluster, issuer } = gateway;
    const { namespace, routeName } = this;
    const release = new ChartRelease(this, 'Release', {
      cluster,
      chart: this.chart,
      releaseName: `route-${routeName}`,
      namespace,
    });
    release.node.addDependency(gateway.release);
    if (tenants) {
      const chart = new RouteSecurityChart(new App(), `${routeName}-security`, {
        name: routeName,
        namespace,
        issuer,
        tenants,
      });
      const security = new ChartRelease(this, 'Security', {
        cluster,
        chart,
        releaseName: `route-${routeName}-security`,
        namespace,
      });
      release.node.addDependency(security);
    }
    return release;
  }

  private waitForModels(models: readonly (IModelBackend | undefined)[]): void {
    for (const model of models) {
      if (Construct.isConstruct(model)) this.release.node.addDependency(model);
    }
  }
}

function sharesOf(model: IModelBackend | readonly WeightedModel[]): readonly Share[] {
  return isList(model) ? model : [{ model, weight: 100 }];
}

function isList(model: IModelBackend | readonly WeightedModel[]): model is readonly WeightedModel[] {
  return Array.isArray(model);
}

function servicesOf(models: readonly (IModelBackend | undefined)[]): ReadonlySet<string> {
  return new Set(models.flatMap((model) => (model ? [`${model.namespace}/${model.serviceName}`] : [])));
}

function modelProblems(
  shares: readonly Share[],
  fallback: readonly IModelBackend[],
  mirror: MirroredModel | undefined,
): Problem[] {
  const namespace = shares[0]!.model.namespace;
  const beside = [...shares.map(({ model }) => model), ...(mirror ? [mirror.model] : [])];
  return [
    ...shares.flatMap(({ weight }) => integer('model.weight', weight, 0, 100, 'percent')),
    ...(mirror ? integer('mirror.percent', mirror.percent, 1, 100, 'percent') : []),
    ...countBetween('fallback', fallback.length, 0, 3, 'models'),
    ...when(
      shares.length > 1 && fallback.length > 0,
      'SplitWithFallback',
      "'model' with several shares cannot have a 'fallback': Envoy keeps either weights or priorities; give one model, or no fallback",
    ),
    ...when(
      beside.some((model) => model.namespace !== namespace),
      'ModelsInTwoNamespaces',
      `'model' and 'mirror' must be in one namespace, got ${[...new Set(beside.map((model) => model.namespace))].join(', ')}; a route cannot reach a Service of another namespace`,
    ),
  ];
}

function tenantProblems(tenants: readonly string[] | undefined): Problem[] {
  return tenants ? [...countBetween('tenants', tenants.length, 1, 128, 'tenants'), ...unique('tenants', tenants)] : [];
}
