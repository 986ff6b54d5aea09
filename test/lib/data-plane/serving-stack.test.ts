import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ServingStack } from '../../../lib/data-plane/serving-stack';
import { cellInput, DIGEST, released, servingProps, testApp } from './fixture';

const iris = { name: 'iris', server: 'fastApi' as const };
const llama = { name: 'llama', server: 'vllm' as const, gpus: 1, image: 'vllm' };
const gpus = { cluster: { gpuPool: { maxGpus: 3 } } };

function serving(...args: Parameters<typeof cellInput>): ServingStack {
  const app = testApp();
  return new ServingStack(app, 'Serving', servingProps(app, cellInput(...args)));
}

function releases(stack: ServingStack): string[] {
  const charts = Template.fromStack(stack).findResources('Custom::AWSCDK-EKS-HelmChart');
  return Object.values(charts).map(({ Properties }) => String((Properties as { Release: string }).Release));
}

describe('ServingStack', () => {
  test('comes up without models', () => {
    const stack = serving();
    expect(releases(stack)).toEqual(['gateway-inference']);
    expect(stack.services).toEqual([]);
    expect(stack.routes).toEqual([]);
  });

  test('comes up without what is not released, and says so', () => {
    const stack = serving({ models: [iris] });
    expect(releases(stack)).toEqual(['gateway-inference']);
    const notes = Annotations.fromStack(stack).findInfo('/Serving', Match.anyValue());
    expect(notes.map(({ entry }) => entry.data)).toEqual([
      expect.stringMatching(/model 'iris' is not served yet: config\/releases\/main.lock.yaml names no version of it/),
    ]);
  });

  test('serves what the release lock makes live, each with a route', () => {
    const stack = serving({ models: [iris, llama], ...gpus }, { iris: released('1.0.0'), llama: released('2.1.0') });
    expect(releases(stack)).toEqual(['gateway-inference', 'model-iris', 'model-llama', 'route-iris', 'route-llama']);
    expect(stack.services.map(({ modelName, modelVersion }) => `${modelName}@${modelVersion}`)).toEqual([
      'iris@1.0.0',
      'llama@2.1.0',
    ]);
    expect(stack.routes.map(({ routeName }) => routeName)).toEqual(['iris', 'llama']);
  });

  test('serves the artefact and the image of the locks', () => {
    const [service] = serving({ models: [iris] }, { iris: released('1.0.0') }).services;
    const pod = JSON.stringify(service!.release.manifests);
    expect(pod).toContain(`"name":"MODEL_DIGEST","value":"${DIGEST}"`);
    expect(pod).toMatch(/s3:\/\/acme-ml-main-art-123456789012-eu-west-1\/models\/iris\/1\.0\.0\/model\.tar\.gz/);
    expect(pod).toMatch(/"image":"123456789012\.dkr\.ecr\.eu-west-1\..*\/acme-ml\/predictor@sha256:a{64}"/);
    expect(pod).toContain('"groundplane.dev/dataset-version":"1.0.0"');
  });

  test('lets the metric scraper reach the models by the range of its subnets', () => {
    const [service] = serving({ models: [iris] }, { iris: released('1.0.0') }).services;
    expect(JSON.stringify(service!.release.manifests)).toContain('{"ipBlock":{"cidr":"10.20.8.0/24"}}');
  });

  test('serves streamed weights by their manifest', () => {
    const [service] = serving({ models: [llama], ...gpus }, { llama: released('2.1.0') }).services;
    expect(JSON.stringify(service!.release.manifests)).toContain('models/llama/2.1.0/manifest.json');
  });

  test('maps the configuration of a model to its pods and its route', () => {
    const model = {
      ...iris,
      replicas: 3,
      memoryGiB: 2,
      predictPath: false,
      requestsPerMinutePerTenant: 7,
      owner: 'iris@example.com',
    };
    const stack = serving({ models: [model] }, { iris: released('1.0.0') });
    const pod = JSON.stringify(stack.services[0]!.release.manifests);
    expect(pod).toContain('"replicas":3');
    expect(pod).toContain('"memory":"2048Mi"');
    expect(stack.services[0]!.owner.contact).toBe('iris@example.com');
    expect(stack.routes[0]!.paths).toEqual(['/v2/models/iris']);
    expect(stack.routes[0]!.limits.requestsPerMinute).toBe(7);
  });

  test('the limits and the owner of the platform hold for the others', () => {
    const stack = serving({ models: [iris] }, { iris: released('1.0.0') });
    expect(stack.routes[0]!.limits.requestsPerMinute).toBe(600);
    expect(stack.services[0]!.owner.contact).toBe('platform@inference.example.com');
  });

  test('passes the settings of the gateway on', () => {
    const stack = serving({ gateway: { requestsPerMinutePerTenant: 50, maxRequestBodyKiB: 64, replicas: 3 } });
    expect(stack.gateway.limits.requestsPerMinute).toBe(50);
    expect(stack.gateway.maxRequestBody.toKibibytes()).toBe(64);
  });

  test('refuses locks that contradict the configuration, all at once, and says what to do', () => {
    const locked = { iris: released('1.0.0'), ghost: released('1.0.0') };
    expect(() => serving({ models: [iris] }, locked, {})).toThrow(
      /'models\.ghost' of config\/releases\/main\.lock\.yaml must be a model of the configuration.*UnknownModelReleased[^]*'images\.predictor' must be in the image lock \(config\/images\.lock\.yaml\), since model 'iris' is released.*push the image.*ImageNotLocked/,
    );
  });
});
