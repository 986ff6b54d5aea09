import type { IBackend } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/Backend';
import type { IHTTPBackendRef } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPBackendRef';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { IHTTPRouteFilter } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRouteFilter';
import type { Size } from 'aws-cdk-lib';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { customResource } from '../../core/typed-object';
import type { IModelBackend } from '../../inference/model-backend';
import { GatewayHeader } from '../headers';
import type { RateLimit } from '../rate-limit';
import type { Resilience } from '../resilience';
import { ENVOY_GROUP, GATEWAY_GROUP } from './names';
import { trafficPolicy } from './traffic-policy';

/** A model and its share of the requests, in percent. */
export interface Share {
  readonly model: IModelBackend;
  readonly weight: number;
}

/** Properties for `RouteChart`. Values are final: defaults live in `ModelRoute`. */
export interface RouteChartProps {
  readonly name: string;
  readonly namespace: string;
  readonly gateway: { readonly name: string; readonly namespace: string };
  readonly hostname: string;
  readonly paths: readonly string[];
  readonly shares: readonly Share[];
  readonly fallback: readonly IModelBackend[];
  readonly mirror?: { readonly model: IModelBackend; readonly percent: number };
  readonly limits: RateLimit;
  readonly resilience: Resilience;
  readonly maxRequestBody: Size;
}

/** The Kubernetes half of `ModelRoute`. */
export class RouteChart extends Chart {
  constructor(scope: Construct, id: string, props: RouteChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    const { name, fallback } = props;

    if (fallback.length > 0) {
      for (const backend of fallbackBackends(props)) customResource(this, `Backend-${backend.metadata?.name}`, backend);
    }
    const target = { kind: 'HTTPRoute' as const, name };
    customResource(this, 'Traffic', trafficPolicy({ ...props, target, fallback: fallback.length > 0 }));
    customResource(this, 'Route', httpRoute(props));
  }
}

function httpRoute(props: RouteChartProps): IHTTPRoute {
  const { name, namespace, gateway, hostname, paths } = props;
  return {
    apiVersion: `${GATEWAY_GROUP}/v1`,
    kind: 'HTTPRoute',
    metadata: { name, namespace },
    spec: {
      parentRefs: [{ name: gateway.name, namespace: gateway.namespace }],
      hostnames: [hostname],
      rules: [
        {
          matches: paths.map((value) => ({ path: { type: 'PathPrefix', value } })),
          filters: ruleFilters(props),
          backendRefs: backendRefs(props),
        },
      ],
    },
  };
}

/** The token stops here; the answer says which model gave it, as far as the rule alone can tell. */
function ruleFilters({ shares, fallback, mirror }: RouteChartProps): IHTTPRouteFilter[] {
  const filters: IHTTPRouteFilter[] = [
    { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['authorization'] } },
  ];
  const [only] = shares;
  if (only && shares.length === 1 && fallback.length === 0) filters.push(versionHeaders(only.model));
  if (mirror) {
    const { serviceName: name, port } = mirror.model;
    filters.push({ type: 'RequestMirror', requestMirror: { backendRef: { name, port }, percent: mirror.percent } });
  }
  return filters;
}

/** With a fallback every backend is a `Backend`: a Service beside a fallback loses its priority without a word. */
function backendRefs({ name, shares, fallback }: RouteChartProps): IHTTPBackendRef[] {
  if (fallback.length > 0) {
    return [...shares.map(({ model }) => model), ...fallback].map((_, index) => ({
      group: ENVOY_GROUP,
      kind: 'Backend',
      name: backendName(name, index),
    }));
  }
  return shares.map(({ model, weight }) => ({
    name: model.serviceName,
    port: model.port,
    weight,
    filters: shares.length > 1 ? [versionHeaders(model)] : undefined,
  }));
}

function fallbackBackends({ name, namespace, shares, fallback }: RouteChartProps): IBackend[] {
  return [...shares.map(({ model }) => model), ...fallback].map((model, index) => ({
    apiVersion: `${ENVOY_GROUP}/v1alpha1`,
    kind: 'Backend',
    metadata: { name: backendName(name, index), namespace },
    spec: {
      fallback: index > 0 ? true : undefined,
      endpoints: [
        { fqdn: { hostname: `${model.serviceName}.${model.namespace}.svc.cluster.local`, port: model.port } },
      ],
    },
  }));
}

function backendName(route: string, index: number): string {
  return index === 0 ? `${route}-primary` : `${route}-fallback-${index}`;
}

function versionHeaders(model: IModelBackend): IHTTPRouteFilter {
  return {
    type: 'ResponseHeaderModifier',
    responseHeaderModifier: {
      set: [
        { name: GatewayHeader.model, value: model.modelName },
        { name: GatewayHeader.modelVersion, value: model.modelVersion },
      ],
    },
  };
}
