import { Duration, Size } from 'aws-cdk-lib';
import { type FastApiOptions, InferenceService, ModelServer, type VllmOptions } from '../../../constructs/inference';
import { environment, fixture, manifest, pod, server } from './fixture';

function fastApi(options?: FastApiOptions) {
  const { stack, props } = fixture();
  return new InferenceService(stack, 'Iris', { ...props, server: ModelServer.fastApi(options) });
}

function vllm(options: Partial<VllmOptions> = {}) {
  const { stack, vllm: props } = fixture();
  return new InferenceService(stack, 'Llama', { ...props, server: ModelServer.vllm({ gpus: 1, ...options }) });
}

function args(options?: Partial<VllmOptions>): string[] {
  return server(vllm(options)).args!;
}

/** What follows `flag`. */
function value(flag: string, options?: Partial<VllmOptions>): string | undefined {
  const all = args(options);
  return all[all.indexOf(flag) + 1];
}

describe('ModelServer.fastApi', () => {
  test('tells the predictor what to serve, and where it may write', () => {
    expect(environment(fastApi())).toMatchObject({
      MODEL_NAME: 'iris',
      MODEL_VERSION: '1.0.0',
      MODEL_URI: expect.stringMatching(/^s3:\/\/.+\/models\/iris\/1\.0\.0\/model\.tar\.gz$/),
      MODEL_CACHE: '/var/cache/model',
      MAX_MODEL_BYTES: String(2 * 1024 ** 3),
      DATASET_NAME: 'iris',
      DATASET_VERSION: '1.2.0',
      HOST: '0.0.0.0',
      PORT: '8000',
      THREADS: '1',
      MAX_BODY_BYTES: '1048576',
      MAX_BATCH: '1024',
      DRAIN_SECONDS: '5',
      SHUTDOWN_SECONDS: '20',
    });
  });

  test('leaves the command to the image, and checks the digest itself', () => {
    expect(server(fastApi()).command).toBeUndefined();
    expect(pod(fastApi()).initContainers).toBeUndefined();
  });

  test('reserves half a core and one GiB', () => {
    expect(server(fastApi()).resources).toEqual({
      requests: { cpu: '500m', memory: '1024Mi' },
      limits: { memory: '1024Mi' },
    });
  });

  test('takes no GPU and no GPU node', () => {
    expect(pod(fastApi())).not.toHaveProperty('tolerations');
    expect(pod(fastApi())).not.toHaveProperty('nodeSelector');
  });

  test('has these probes', () => {
    expect(server(fastApi())).toMatchObject({
      startupProbe: { httpGet: { path: '/v2/health/ready', port: 'http' }, periodSeconds: 2, failureThreshold: 60 },
      readinessProbe: { httpGet: { path: '/v2/health/ready', port: 'http' }, periodSeconds: 5, failureThreshold: 2 },
      livenessProbe: { httpGet: { path: '/v2/health/live', port: 'http' }, periodSeconds: 10, failureThreshold: 3 },
    });
  });

  test('options reach the pod', () => {
    const service = fastApi({
      predictPath: false,
      memory: Size.gibibytes(4),
      cores: 4,
      artifactLimit: Size.gibibytes(1),
      bodyLimit: Size.kibibytes(64),
      maxBatch: 8,
      startupLimit: Duration.minutes(10),
      shutdownLimit: Duration.seconds(60),
    });
    expect(service.paths).toEqual(['/v2/models/iris']);
    expect(server(service).resources).toMatchObject({ requests: { cpu: '2000m' }, limits: { memory: '4096Mi' } });
    expect(environment(service)).toMatchObject({
      THREADS: '4',
      MAX_MODEL_BYTES: '1073741824',
      MAX_BODY_BYTES: '65536',
      MAX_BATCH: '8',
      SHUTDOWN_SECONDS: '60',
    });
    expect(server(service).startupProbe!.failureThreshold).toBe(300);
    expect(pod(service).volumes[0]).toEqual({ name: 'cache', emptyDir: { sizeLimit: '2048Mi' } });
    expect(pod(service).terminationGracePeriodSeconds).toBe(5 + 5 + 60 + 10);
    expect(manifest(service, 'Deployment').spec.progressDeadlineSeconds).toBeGreaterThan(600);
  });

  test.each<[string, FastApiOptions]>([
    ['server.memory', { memory: Size.mebibytes(255) }],
    ['server.memory', { memory: Size.gibibytes(257) }],
    ['server.cores', { cores: 0 }],
    ['server.cores', { cores: 65 }],
    ['server.artifactLimit', { artifactLimit: Size.kibibytes(1) }],
    ['server.bodyLimit', { bodyLimit: Size.gibibytes(2) }],
    ['server.maxBatch', { maxBatch: 0 }],
    ['server.maxBatch', { maxBatch: 1_000_001 }],
    ['server.startupLimit', { startupLimit: Duration.seconds(9) }],
    ['server.startupLimit', { startupLimit: Duration.seconds(3601) }],
    ['server.shutdownLimit', { shutdownLimit: Duration.seconds(0) }],
    ['server.shutdownLimit', { shutdownLimit: Duration.seconds(601) }],
  ])('refuses %s out of bounds', (prop, options) => {
    expect(() => fastApi(options)).toThrow(new RegExp(`'${prop}' must .*OutOfRange`));
  });

  test.each<FastApiOptions>([
    { memory: Size.mebibytes(256) },
    { memory: Size.gibibytes(256) },
    { cores: 64 },
    { startupLimit: Duration.seconds(10) },
    { shutdownLimit: Duration.seconds(600) },
  ])('accepts the bound %j', (options) => {
    expect(() => fastApi(options)).not.toThrow();
  });
});

describe('ModelServer.vllm', () => {
  test('serves the folder of the manifest, streamed from S3', () => {
    expect(server(vllm()).command).toEqual(['vllm', 'serve']);
    expect(args()[0]).toMatch(/^s3:\/\/.+\/models\/llama\/2\.1\.0$/);
    expect(value('--load-format')).toBe('runai_streamer');
    expect(value('--model-loader-extra-config')).toBe('{"concurrency":16}');
    expect(value('--model-loader-extra-config', { gpus: 2 })).toBe('{"concurrency":16,"distributed":true}');
  });

  test('answers under its name, and tells the version', () => {
    expect(args().slice(1, 4)).toEqual(['--served-model-name', 'llama@2.1.0', 'llama']);
  });

  test.each([
    ['--max-model-len', '8192'],
    ['--gpu-memory-utilization', '0.90'],
    ['--max-num-seqs', '128'],
    ['--max-num-batched-tokens', '8192'],
    ['--tensor-parallel-size', '1'],
    ['--shutdown-timeout', '105'],
    ['--allowed-media-domains', 'none.invalid'],
  ])('%s is %s by default', (flag, expected) => {
    expect(value(flag)).toBe(expected);
  });

  test.each<[string, string, Partial<VllmOptions>]>([
    ['--max-model-len', '32768', { maxModelLength: 32_768 }],
    ['--gpu-memory-utilization', '0.85', { gpuMemoryUtilization: 0.85 }],
    ['--max-num-seqs', '256', { maxSequences: 256 }],
    ['--max-num-batched-tokens', '2048', { maxBatchedTokens: 2048 }],
    ['--tensor-parallel-size', '4', { gpus: 4 }],
    ['--shutdown-timeout', '300', { shutdownLimit: Duration.minutes(5) }],
    ['--allowed-media-domains', 'media.example.com', { mediaDomains: ['media.example.com'] }],
    ['--quantization', 'fp8', { extraArguments: ['--quantization', 'fp8'] }],
  ])('%s becomes %s', (flag, expected, options) => {
    expect(value(flag, options)).toBe(expected);
  });

  test('runs no code of the model, and no flag that would', () => {
    expect(args().join(' ')).not.toMatch(/trust.remote.code|api-key|tool-server|enforce-eager/);
  });

  test('is closed by its environment', () => {
    expect(environment(vllm())).toMatchObject({
      VLLM_MAX_N_SEQUENCES: '8',
      VLLM_MEDIA_URL_ALLOW_REDIRECTS: '0',
      HF_HUB_OFFLINE: '1',
      VLLM_NO_USAGE_STATS: '1',
    });
    expect(environment(vllm())).not.toHaveProperty('VLLM_SERVER_DEV_MODE');
    expect(environment(vllm())).not.toHaveProperty('VLLM_ALLOW_RUNTIME_LORA_UPDATING');
  });

  test('reserves its GPUs as numbers, which the 1.28 model would have dropped', () => {
    expect(server(vllm({ gpus: 2 })).resources).toEqual({
      requests: { cpu: '8000m', memory: '24576Mi', 'nvidia.com/gpu': 2 },
      limits: { memory: '24576Mi', 'nvidia.com/gpu': 2 },
    });
  });

  test('runs on GPU nodes and tolerates their taint', () => {
    expect(pod(vllm())).toMatchObject({
      nodeSelector: { 'groundplane.dev/pool': 'gpu' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    });
  });

  test('has shared memory, in memory and bounded', () => {
    expect(pod(vllm()).volumes[0]).toEqual({ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '2048Mi' } });
    expect(server(vllm()).volumeMounts[0]).toEqual({ name: 'shm', mountPath: '/dev/shm' });
  });

  test('has these probes', () => {
    expect(server(vllm())).toMatchObject({
      startupProbe: { httpGet: { path: '/health' }, periodSeconds: 10, failureThreshold: 60 },
      readinessProbe: { httpGet: { path: '/health' } },
      livenessProbe: { httpGet: { path: '/health' }, periodSeconds: 10, failureThreshold: 3 },
    });
    expect(server(vllm({ startupLimit: Duration.hours(1) })).startupProbe!.failureThreshold).toBe(360);
  });

  test('checks the weights before the server starts, in the same image', () => {
    const service = vllm();
    const [verifier] = pod(service).initContainers!;
    expect(verifier!.image).toBe(server(service).image);
    expect(verifier!.command!.slice(0, 2)).toEqual(['python3', '-c']);
    expect(verifier!.command![2]).toContain('def verify(');
    expect(Object.fromEntries(verifier!.env.map(({ name, value: text }) => [name, text]))).toMatchObject({
      MODEL_MANIFEST: 'models/llama/2.1.0/manifest.json',
      MODEL_DIGEST: expect.stringMatching(/^sha256:/),
    });
  });

  test.each<[string, Partial<VllmOptions>]>([
    ['server.gpus', { gpus: 0 }],
    ['server.gpus', { gpus: 9 }],
    ['server.maxModelLength', { maxModelLength: 255 }],
    ['server.gpuMemoryUtilization', { gpuMemoryUtilization: 0.96 }],
    ['server.gpuMemoryUtilization', { gpuMemoryUtilization: 0.49 }],
    ['server.maxSequences', { maxSequences: 1025 }],
    ['server.maxBatchedTokens', { maxBatchedTokens: 255 }],
    ['server.maxBatchedTokens', { maxBatchedTokens: 500, maxSequences: 501 }],
    ['server.memory', { memory: Size.gibibytes(3) }],
    ['server.sharedMemory', { sharedMemory: Size.gibibytes(13) }],
    ['server.sharedMemory', { sharedMemory: Size.mebibytes(512) }],
    ['server.cores', { cores: 193 }],
    ['server.startupLimit', { startupLimit: Duration.seconds(59) }],
    ['server.shutdownLimit', { shutdownLimit: Duration.seconds(4) }],
  ])('refuses %s out of bounds', (prop, options) => {
    expect(() => vllm(options)).toThrow(new RegExp(`'${prop}' must .*OutOfRange`));
  });

  test.each(['*.example.com', 'example', 'https://example.com'])('refuses media domain %s', (domain) => {
    expect(() => vllm({ mediaDomains: [domain] })).toThrow(/'server.mediaDomains\[0\]' must be a host name/);
  });

  test.each([
    ['--trust-remote-code', 'runs code of the model'],
    ['--trust_remote_code', 'runs code of the model'],
    ['--trust-remote-code=true', 'runs code of the model'],
    ['--trust-remote', 'runs code of the model'],
    ['--tool-server', 'control surface'],
    ['--api-key', 'the gateway authenticates'],
    ['--config', 'hides arguments'],
    ['--max-model-len', 'use its option'],
    ['--host', 'use its option'],
  ])('refuses the argument %s', (argument, why) => {
    expect(() => vllm({ extraArguments: [argument] })).toThrow(
      new RegExp(`'server.extraArguments' must not hold .*${why}.*ForbiddenArgument`),
    );
  });

  test('refuses an artefact that is no manifest', () => {
    const { stack, vllm: props } = fixture();
    const artifact = { ...props.artifact, key: 'models/llama/2.1.0/model.tar.gz' };
    expect(() => new InferenceService(stack, 'Llama', { ...props, artifact })).toThrow(
      /'artifact.key' must be the manifest/,
    );
  });
});
