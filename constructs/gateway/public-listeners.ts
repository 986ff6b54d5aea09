import type { Problem } from '../core/errors';
import { when } from '../core/validate';

/** A resource of a CloudFormation template. */
interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

/** What is read of a CloudFormation template. */
export interface ListenerTemplate {
  /** Resources by logical id. */
  readonly Resources?: Record<string, Resource>;
}

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const ASSOCIATION = 'AWS::WAFv2::WebACLAssociation';

/** Policies of Elastic Load Balancing whose oldest protocol is TLS 1.2 or 1.3. */
const TLS_12_OR_BETTER = /^ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-)/;

/**
 * What is wrong with the public load balancers of a template: no firewall, a firewall that fails open, a listener without
 * TLS 1.2 or better. A plain HTTP listener passes if all it does is redirect to HTTPS.
 */
export function openListeners(template: ListenerTemplate): Problem[] {
  const resources = Object.entries(template.Resources ?? {});
  const balancers = resources.filter(([, resource]) => isPublicBalancer(resource));
  return balancers.flatMap(([id, balancer]) =>
    firewallProblems(id, balancer, resources).concat(
      resources
        .filter(([, resource]) => resource.Type === LISTENER && refersTo(resource.Properties?.['LoadBalancerArn'], id))
        .flatMap(([listenerId, listener]) => tlsProblems(listenerId, listener)),
    ),
  );
}

function isPublicBalancer({ Type, Properties }: Resource): boolean {
  const scheme = Properties?.['Scheme'] ?? 'internet-facing';
  return Type === LOAD_BALANCER && scheme === 'internet-facing';
}

function firewallProblems(id: string, balancer: Resource, resources: readonly [string, Resource][]): Problem[] {
  const guarded = resources.some(
    ([, resource]) => resource.Type === ASSOCIATION && refersTo(resource.Properties?.['ResourceArn'], id),
  );
  const attributes = (balancer.Properties?.['LoadBalancerAttributes'] ?? []) as readonly {
    Key: string;
    Value: string;
  }[];
  const failsOpen = attributes.some(({ Key, Value }) => Key === 'waf.fail_open.enabled' && Value !== 'false');
  return [
    ...when(!guarded, 'ListenerWithoutFirewall', `load balancer '${id}' is public and has no web ACL; associate one`),
    ...when(failsOpen, 'FirewallFailsOpen', `'waf.fail_open.enabled' of '${id}' must be 'false', got 'true'`),
  ];
}

function tlsProblems(id: string, { Properties = {} }: Resource): Problem[] {
  const protocol = String(Properties['Protocol'] ?? 'HTTP');
  if (protocol === 'HTTP')
    return when(
      !onlyRedirects(Properties),
      'ListenerWithoutTls',
      `listener '${id}' must speak HTTPS or only redirect to it`,
    );
  const policy = String(Properties['SslPolicy'] ?? 'none');
  const weak = (protocol !== 'HTTPS' && protocol !== 'TLS') || !TLS_12_OR_BETTER.test(policy);
  return when(
    weak,
    'ListenerWithoutTls',
    `listener '${id}' must speak TLS 1.2 or better, got ${protocol} with policy ${policy}`,
  );
}

function onlyRedirects(properties: Record<string, unknown>): boolean {
  const actions = (properties['DefaultActions'] ?? []) as readonly {
    Type: string;
    RedirectConfig?: { Protocol?: string };
  }[];
  return (
    actions.length > 0 &&
    actions.every(({ Type, RedirectConfig }) => Type === 'redirect' && RedirectConfig?.Protocol === 'HTTPS')
  );
}

function refersTo(value: unknown, id: string): boolean {
  const reference = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] } | undefined;
  return reference?.Ref === id || reference?.['Fn::GetAtt']?.[0] === id;
}
