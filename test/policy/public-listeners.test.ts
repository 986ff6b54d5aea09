import { type ListenerTemplate, openListeners } from '../../constructs';
import { assembledPlatform } from '../helpers/platform';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

const templates = assembledPlatform('full').stacks.map(({ template }) => template as ListenerTemplate);

/** The template with the only public load balancer. */
function edge(): ListenerTemplate {
  const found = templates.filter(({ Resources = {} }) =>
    Object.values(Resources).some(({ Type }) => Type === LOAD_BALANCER),
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

const without = (type: string): ListenerTemplate => ({
  Resources: Object.fromEntries(Object.entries(edge().Resources ?? {}).filter(([, { Type }]) => Type !== type)),
});

test('no public listener without firewall and TLS 1.2', () => {
  expect(templates.flatMap((template) => openListeners(template))).toEqual([]);
});

test('the rule is looked at: without its firewall the edge is found', () => {
  expect(openListeners(without('AWS::WAFv2::WebACLAssociation')).map(({ code }) => code)).toEqual([
    'ListenerWithoutFirewall',
  ]);
});
