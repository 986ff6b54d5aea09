import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import type { IGatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import type { Duration, Size } from 'aws-cdk-lib';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { customResource } from '../../core/typed-object';
import type { TokenIssuer } from '../../identity';
import { PROXY_PORT } from '../headers';
import type { RateLimit } from '../rate-limit';
import type { Resilience } from '../resilience';
import { clientPolicy } from './client-policy';
import { envoyProxy } from './envoy-proxy';
import type { TargetGroupBinding } from './lagging-types';
import { CONTROLLER, ENVOY_GROUP, GATEWAY_GROUP } from './names';
import { proxyNetworkPolicies } from './network-policies';
import { securityPolicy } from './security-policy';
import { trafficPolicy } from './traffic-policy';

/** Properties for `GatewayChart`. Values are final: defaults live in `InferenceGateway`. */
export interface GatewayChartProps {
  readonly name: string;
  readonly namespace: string;
  readonly proxyNamespace: string;
  readonly workloadLabels: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly targetGroupArn: string;
  readonly loadBalancerCidrs: readonly string[];
  readonly scraperCidrs: readonly string[];
  readonly edgeIdleTimeout: Duration;
  readonly drainTimeout: Duration;
  readonly issuer: TokenIssuer;
  readonly replicas: number;
  readonly image?: string;
  readonly maxConnections: number;
  readonly maxRequestBody: Size;
  readonly limits: RateLimit;
  readonly resilience: Resilience;
}

/** The Kubernetes half of `InferenceGateway`. */
export class GatewayChart extends Chart {
  constructor(scope: Construct, id: string, props: GatewayChartProps) {
    super(scope, id, { disableResourceNameHashes: true });
    const { name, namespace } = props;
    const serviceName = `${name}-proxy`;
    const target = { kind: 'Gateway' as const, name };

    customResource(this, 'Class', gatewayClass(name));
    customResource(this, 'Proxy', envoyProxy({ ...props, serviceName }));
    customResource(this, 'Gateway', gateway(props));
    customResource(this, 'Security', securityPolicy({ name, namespace, target, issuer: props.issuer }));
    customResource(this, 'Clients', clientPolicy({ ...props, gatewayName: name }));
    customResource(this, 'Traffic', trafficPolicy({ ...props, target, fallback: false }));
    customResource(this, 'Targets', targetGroupBinding(props, serviceName));
    proxyNetworkPolicies(this, { ...props, gatewayNamespace: namespace, serviceName });
  }
}

function gatewayClass(name: string): IGatewayClass {
  return {
    apiVersion: `${GATEWAY_GROUP}/v1`,
    kind: 'GatewayClass',
    metadata: { name },
    spec: { controllerName: CONTROLLER },
  };
}

function gateway({ name, namespace, hostname, workloadLabels }: GatewayChartProps): IGateway {
  return {
    apiVersion: `${GATEWAY_GROUP}/v1`,
    kind: 'Gateway',
    metadata: { name, namespace },
    spec: {
      gatewayClassName: name,
      infrastructure: { parametersRef: { group: ENVOY_GROUP, kind: 'EnvoyProxy', name } },
      listeners: [
        {
          name: 'http',
          protocol: 'HTTP',
          port: PROXY_PORT,
          hostname,
          allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { ...workloadLabels } } } },
        },
      ],
    },
  };
}

function targetGroupBinding(props: GatewayChartProps, serviceName: string): TargetGroupBinding {
  return {
    apiVersion: 'eks.amazonaws.com/v1',
    kind: 'TargetGroupBinding',
    metadata: { name: props.name, namespace: props.proxyNamespace },
    spec: {
      serviceRef: { name: serviceName, port: PROXY_PORT },
      targetGroupARN: props.targetGroupArn,
      targetType: 'ip',
    },
  };
}
