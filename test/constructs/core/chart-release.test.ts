import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ApiObject, Chart, App as KubernetesApp } from 'cdk8s';
import { ChartRelease } from '../../../constructs/core';

const HELM = 'Custom::AWSCDK-EKS-HelmChart';

function fixture() {
  const app = new App();
  const platform = new Stack(app, 'Platform');
  const cluster = Cluster.fromClusterAttributes(platform, 'Cluster', {
    clusterName: 'acme',
    kubectlProvider: KubectlProvider.fromKubectlProviderAttributes(platform, 'Kubectl', {
      serviceToken: 'token',
      role: Role.fromRoleName(platform, 'Deployer', 'deployer'),
    }),
  });
  return { app, platform, stack: new Stack(app, 'Test'), cluster };
}

function configMap(
  name: string,
  data: Record<string, unknown>,
  chart = new Chart(new KubernetesApp(), 'chart'),
): Chart {
  new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'models' }, data });
  return chart;
}

function release(stack: Stack, cluster: ReturnType<typeof fixture>['cluster'], chart: Chart, id = 'Release') {
  return new ChartRelease(stack, id, { cluster, chart, releaseName: 'one', namespace: 'models' });
}

/** Text of the only template of the only chart asset that `app` synthesises. */
function templateText(app: App): string {
  const { directory } = app.synth();
  const folder = readdirSync(directory).find((name) => name.startsWith('asset.'))!;
  return readFileSync(path.join(directory, folder, 'templates', '000.yaml'), 'utf8');
}

describe('ChartRelease', () => {
  test('is one Helm release in its own stack, which neither waits nor rolls back by itself', () => {
    const { platform, stack, cluster } = fixture();
    release(stack, cluster, configMap('a', { b: 'c' }));
    Template.fromStack(platform).resourceCountIs(HELM, 0);
    const properties = Object.values(Template.fromStack(stack).findResources(HELM))[0]?.['Properties'] as object;
    expect(properties).toMatchObject({ Release: 'one', Namespace: 'models' });
    expect(Object.keys(properties)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Wait|Atomic|CreateNamespace/)]),
    );
  });

  test('makes its namespace only if asked', () => {
    const { stack, cluster } = fixture();
    const chart = configMap('a', {});
    new ChartRelease(stack, 'R', { cluster, chart, releaseName: 'one', namespace: 'models', createNamespace: true });
    Template.fromStack(stack).hasResourceProperties(HELM, { CreateNamespace: true });
  });

  test('passes CDK tokens as values, the same one once', () => {
    const { app, stack, cluster } = fixture();
    const { queueUrl, queueName } = new Queue(stack, 'Queue');
    release(stack, cluster, configMap('a', { url: queueUrl, again: queueUrl, name: queueName }));
    const values = Template.fromStack(stack).findResources(HELM);
    expect(JSON.stringify(values).match(/"Ref":"Queue/g)).toHaveLength(1);
    const text = templateText(app);
    expect(text).toContain('"url": {{ .Values.t0 | toJson }}');
    expect(text).toContain('"again": {{ .Values.t0 | toJson }}');
    expect(text).toContain('"name": {{ .Values.t1 | toJson }}');
  });

  test('passes a number that is a token', () => {
    const { app, stack, cluster } = fixture();
    release(stack, cluster, configMap('a', { port: Lazy.number({ produce: () => 8000 }) }));
    expect(templateText(app)).toContain('"port": {{ .Values.t0 | toJson }}');
    Template.fromStack(stack).hasResourceProperties(HELM, { Values: '{"t0":8000}' });
  });

  test('leaves braces of the objects alone', () => {
    const { app, stack, cluster } = fixture();
    release(stack, cluster, configMap('a', { text: '{{args.service}}' }));
    expect(templateText(app)).toContain('"text": "{{"{{"}}args.service}}"');
  });

  test('gives the same chart on every synth', () => {
    const texts = [0, 1].map(() => {
      const { app, stack, cluster } = fixture();
      new Queue(stack, 'Other');
      release(stack, cluster, configMap('a', { url: new Queue(stack, 'Queue').queueUrl }));
      app.synth();
      return JSON.stringify(Template.fromStack(stack).findResources(HELM));
    });
    expect(texts[0]).toBe(texts[1]);
  });

  test.each([
    ['a key', { [Token.asString({ Ref: 'Key' })]: 'x' }],
    ['a list', { list: Token.asList({ Ref: 'List' }) }],
  ])('fails for a token that is %s', (_, data) => {
    const { stack, cluster } = fixture();
    expect(() => release(stack, cluster, configMap('a', data))).toThrow('[TokenInManifest, at Test/Release]');
  });

  test('fails for a cluster without a kubectl provider', () => {
    const { platform, stack } = fixture();
    const cluster = Cluster.fromClusterAttributes(platform, 'Other', { clusterName: 'other' });
    expect(() => release(stack, cluster, configMap('a', {}))).toThrow('[NoKubectlProvider, at Test/Release]');
  });

  test('fails for two objects of one name', () => {
    const { stack, cluster } = fixture();
    const chart = configMap('a', {});
    new ApiObject(chart, 'twin', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'models' } });
    expect(() => release(stack, cluster, chart)).toThrow("got 'ConfigMap models/a' more than once");
  });

  test('fails for what a release cannot hold, and takes what compresses', () => {
    const { stack, cluster } = fixture();
    let seed = 1;
    const noise = Array.from({ length: 700_000 }, () =>
      String.fromCharCode(97 + ((seed = (seed * 48_271) % 2_147_483_647) % 26)),
    );
    expect(() => release(stack, cluster, configMap('a', { noise: noise.join('') }))).toThrow(
      '[ReleaseTooLarge, at Test/Release]',
    );
    expect(() => release(stack, cluster, configMap('b', { text: 'x'.repeat(700_000) }), 'Fits')).not.toThrow();
  });

  test.each(['A', 'a', 'a_b', `a${'b'.repeat(53)}`])('fails for the release name %s', (releaseName) => {
    const { stack, cluster } = fixture();
    const chart = configMap('a', {});
    expect(() => new ChartRelease(stack, 'R', { cluster, chart, releaseName, namespace: 'models' })).toThrow(
      'InvalidName',
    );
  });
});
