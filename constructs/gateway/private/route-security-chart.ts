import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { customResource } from '../../core/typed-object';
import type { TokenIssuer } from '../../identity';
import { securityPolicy } from './security-policy';

/** Properties for `RouteSecurityChart`. */
export interface RouteSecurityChartProps {
  /** Name of the route, and of its policy. */
  readonly name: string;
  readonly namespace: string;
  readonly issuer: TokenIssuer;
  readonly tenants: readonly string[];
}

/** The policy of a route for single tenants. A release of its own: it is there before the route opens. */
export class RouteSecurityChart extends Chart {
  constructor(scope: Construct, id: string, props: RouteSecurityChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    customResource(this, 'Security', securityPolicy({ ...props, target: { kind: 'HTTPRoute', name: props.name } }));
  }
}
