import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ApiObject, Chart, App as KubernetesApp } from 'cdk8s';
import { redactedChart, redactedTemplate } from '../../../lib/testing';

function stackWithAsset(folder: string): Stack {
  const stack = new Stack(new App(), 'Test');
  new LambdaFunction(stack, 'Function', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(folder),
  });
  return stack;
}

describe('redactedTemplate', () => {
  test('is the same for other code in an asset', () => {
    expect(redactedTemplate(stackWithAsset('config/releases/..'))).toBe(redactedTemplate(stackWithAsset('docs/adr')));
    expect(redactedTemplate(stackWithAsset('docs/adr'))).not.toMatch(/[0-9a-f]{64}/);
  });

  test('differs where a property differs', () => {
    const stack = (versioned: boolean) => {
      const made = new Stack(new App(), 'Test');
      new Bucket(made, 'Data', { versioned });
      return made;
    };
    expect(redactedTemplate(stack(true))).not.toBe(redactedTemplate(stack(false)));
  });

  test('leaves hashes out of logical ids', () => {
    const stack = new Stack(new App(), 'Test');
    new Bucket(stack, 'Data');
    expect(Object.keys((JSON.parse(redactedTemplate(stack)) as { Resources: object }).Resources)).toEqual(['Data']);
  });
});

describe('redactedChart', () => {
  test('redacts tokens', () => {
    const bucket = new Bucket(new Stack(new App(), 'Test'), 'Data');
    const chart = new Chart(new KubernetesApp(), 'chart');
    new ApiObject(chart, 'Map', { apiVersion: 'v1', kind: 'ConfigMap', data: { bucket: bucket.bucketName } });
    expect(redactedChart(chart)).toContain('"bucket": "<token>"');
  });
});
