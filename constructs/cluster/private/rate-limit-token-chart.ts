import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { RATE_LIMIT_TOKEN } from './envoy-gateway-values';

/** Brings the token of the counters from Secrets Manager to the rate limit service, by the Secrets Store driver. */
export class RateLimitTokenChart extends Chart {
  constructor(scope: Construct, id: string, props: { readonly namespace: string; readonly secretArn: string }) {
    super(scope, id, { disableResourceNameHashes: true });
    const { secret, key, volume } = RATE_LIMIT_TOKEN;
    new ApiObject(this, 'Token', {
      apiVersion: 'secrets-store.csi.x-k8s.io/v1',
      kind: 'SecretProviderClass',
      metadata: { name: volume, namespace: props.namespace },
      spec: {
        provider: 'aws',
        parameters: {
          usePodIdentity: 'true',
          // YAML of the provider; JSON is YAML.
          objects: `[{"objectName":"${props.secretArn}","objectAlias":"${key}"}]`,
        },
        secretObjects: [{ secretName: secret, type: 'Opaque', data: [{ objectName: key, key }] }],
      },
    });
  }
}
