import { Backend } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/Backend';
import { BackendTrafficPolicy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/BackendTrafficPolicy';
import { ClientTrafficPolicy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/ClientTrafficPolicy';
import { EnvoyProxy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/EnvoyProxy';
import { SecurityPolicy } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1/SecurityPolicy';
import { Gateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import { GatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { type ChartRelease, ModelRoute } from '../../../constructs';
import { gateway, model, OWNER } from './fixture';
import { only, type Rendered } from './objects';

const MODELS: Record<string, new (data: never) => { validate(): void }> = {
  Backend,
  BackendTrafficPolicy,
  ClientTrafficPolicy,
  EnvoyProxy,
  SecurityPolicy,
  Gateway,
  GatewayClass,
  HTTPRoute,
};

const validate = (object: Rendered) => new MODELS[object.kind]!(object as never).validate();

function everyObject(): Rendered[] {
  const { gateway: on, stack } = gateway();
  const streaming = { streaming: true };
  const routes = [
    new ModelRoute(stack, 'Plain', { gateway: on, model: model(), owner: OWNER, tenants: ['acme'] }),
    new ModelRoute(stack, 'Fallback', {
      gateway: on,
      model: model('llm', streaming),
      fallback: [model('small', streaming)],
      owner: OWNER,
    }),
    new ModelRoute(stack, 'Split', {
      gateway: on,
      model: [
        { model: model('new'), weight: 10 },
        { model: model('old'), weight: 90 },
      ],
      mirror: { model: model('shadow'), percent: 50 },
      owner: OWNER,
    }),
  ];
  const security = routes[0]!.node.findChild('Security') as ChartRelease;
  return [on.release, security, ...routes.map(({ release }) => release)].flatMap(
    ({ manifests }) => manifests as Rendered[],
  );
}

test('every object fits the schema of its kind', () => {
  const objects = everyObject().filter(({ kind }) => kind in MODELS);
  expect(new Set(objects.map(({ kind }) => kind))).toEqual(new Set(Object.keys(MODELS)));
  for (const object of objects) expect(() => validate(object)).not.toThrow();
});

test('the schemas are looked at: a bad value is found', () => {
  const policy = structuredClone(only(gateway().gateway.release, 'BackendTrafficPolicy'));
  policy.spec.retry.numRetries = -1;
  expect(() => validate(policy)).toThrow(/numRetries/);
});
