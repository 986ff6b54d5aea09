import type { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { InferenceService } from '../../../constructs/inference';
import { fixture, properties } from './fixture';

const throughS3 = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } };

const objects = (keys: string) => ({
  'Fn::Join': ['', [{ 'Fn::ImportValue': expect.stringMatching(/Artifacts.*Arn/) }, keys]],
});

/** Statements of every policy of the stack. */
function statements(stack: Stack): unknown[][] {
  const policies = properties(stack, 'AWS::IAM::Policy') as { PolicyDocument: { Statement: unknown[] } }[];
  return policies.map(({ PolicyDocument }) => PolicyDocument.Statement);
}

describe('grants', () => {
  test('the pods read exactly one object', () => {
    const { stack, props } = fixture();
    new InferenceService(stack, 'Iris', props);
    expect(statements(stack)).toEqual([
      [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('/models/iris/1.0.0/model.tar.gz') },
        { Effect: 'Allow', Action: 'kms:Decrypt', Resource: expect.anything(), Condition: throughS3 },
      ],
    ]);
  });

  test('pods that stream weights read one folder', () => {
    const { stack, vllm } = fixture();
    new InferenceService(stack, 'Llama', vllm);
    expect(statements(stack)).toEqual([
      [
        { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('/models/llama/2.1.0/*') },
        {
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: expect.anything(),
          Condition: { StringLike: { 's3:prefix': ['models/llama/2.1.0', 'models/llama/2.1.0/*'] } },
        },
        { Effect: 'Allow', Action: 'kms:Decrypt', Resource: expect.anything(), Condition: throughS3 },
      ],
    ]);
  });

  test('a bucket without a key needs no decryption', () => {
    const { stack, props } = fixture();
    const artifact = { ...props.artifact, bucket: Bucket.fromBucketName(stack, 'Mine', 'mine') };
    new InferenceService(stack, 'Iris', { ...props, artifact });
    expect(statements(stack)).toMatchObject([[{ Action: 's3:GetObject' }]]);
  });

  test('a key given wins over that of the bucket', () => {
    const { stack, props } = fixture();
    const encryptionKey = new Key(stack, 'Mine');
    new InferenceService(stack, 'Iris', { ...props, artifact: { ...props.artifact, encryptionKey } });
    expect(statements(stack)[0]![1]).toMatchObject({
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Mine/), 'Arn'] },
    });
  });

  test('readArtifact covers the same for others', () => {
    const { stack, props } = fixture();
    const role = new Role(stack, 'Auditor', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    new InferenceService(stack, 'Iris', props).grants.readArtifact(role).assertSuccess();
    const [own, other] = statements(stack);
    expect(other).toEqual(own);
  });

  test('the service can be granted to', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', props);
    new Bucket(stack, 'More').grantRead(service);
    expect(statements(stack)[0]).toHaveLength(3);
  });
});

describe('metrics', () => {
  test.each([
    ['runningPods', 'service_number_of_running_pods', 'Minimum'],
    ['cpuUtilization', 'pod_cpu_utilization', 'Average'],
    ['memoryUtilization', 'pod_memory_utilization_over_pod_limit', 'Maximum'],
  ] as const)('%s is %s of Container Insights', (method, metricName, statistic) => {
    const { stack, props } = fixture();
    const metric = new InferenceService(stack, 'Iris', props).metrics[method]();
    expect(metric).toMatchObject({
      namespace: 'ContainerInsights',
      metricName,
      statistic,
      dimensions: { ClusterName: 'acme', Namespace: 'models', Service: 'iris' },
    });
    expect(metric.period.toSeconds()).toBe(300);
  });

  test('queries of the predictor', () => {
    const { stack, props } = fixture();
    expect(new InferenceService(stack, 'Iris', props).metrics.queries).toMatchInlineSnapshot(`
      {
        "errors": "sum(rate(predictor_requests_total{model="iris",version="1.0.0",status=~"5.."}[5m]))",
        "latency": "histogram_quantile(0.95, sum by (le) (rate(predictor_request_seconds_bucket{model="iris",version="1.0.0"}[5m])))",
        "requests": "sum(rate(predictor_requests_total{model="iris",version="1.0.0"}[5m]))",
        "running": "sum(predictor_in_flight{model="iris",version="1.0.0"})",
      }
    `);
  });

  test('queries of vLLM', () => {
    const { stack, vllm } = fixture();
    expect(new InferenceService(stack, 'Llama', vllm).metrics.queries).toMatchInlineSnapshot(`
      {
        "errors": "sum(rate(vllm:request_success_total{model_name="llama@2.1.0",finished_reason=~"abort|error"}[5m]))",
        "keyValueCacheUsage": "max(vllm:kv_cache_usage_perc{model_name="llama@2.1.0"})",
        "latency": "histogram_quantile(0.95, sum by (le) (rate(vllm:e2e_request_latency_seconds_bucket{model_name="llama@2.1.0"}[5m])))",
        "queueDepth": "sum(vllm:num_requests_waiting{model_name="llama@2.1.0"})",
        "requests": "sum(rate(vllm:request_success_total{model_name="llama@2.1.0"}[5m]))",
        "running": "sum(vllm:num_requests_running{model_name="llama@2.1.0"})",
        "timeToFirstToken": "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket{model_name="llama@2.1.0"}[5m])))",
      }
    `);
  });
});
