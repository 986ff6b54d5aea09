import { platformSchema } from '../../../lib/config/schema';

const base = {
  name: 'acme-ml',
  account: '123456789012',
  region: 'eu-west-1',
  zones: ['eu-west-1a', 'eu-west-1b'],
  domain: 'inference.example.com',
};
const fastApi = (name: string, more = {}) => ({ name, server: 'fastApi', ...more });
const vllm = (name: string, more = {}) => ({ name, server: 'vllm', image: 'vllm', gpus: 1, replicas: 1, ...more });

function problems(models: object[], maxGpus?: number): string[] {
  const cluster = maxGpus === undefined ? {} : { gpuPool: { maxGpus } };
  const { error } = platformSchema.safeParse({ ...base, cluster, models });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('models that are served together', () => {
  test("'/predict' leads to one model", () => {
    expect(problems([fastApi('iris'), fastApi('wine')])).toEqual([
      "models.1.predictPath: '/predict' leads to another model already; use false",
    ]);
    expect(problems([fastApi('iris'), fastApi('wine', { predictPath: false })])).toEqual([]);
  });

  test('a second vLLM waits for routing by model name', () => {
    expect(problems([vllm('llama'), vllm('qwen')], 8)).toEqual([
      expect.stringMatching(/^models\.1\.server: .*this version does not have yet/),
    ]);
    expect(problems([vllm('llama')], 8)).toEqual([]);
  });

  test.each([
    [1, 1, 2],
    [2, 1, 3],
    [2, 4, 12],
  ])('%d pods of %d GPUs need %d, one pod of them for an update', (replicas, gpus, needed) => {
    const models = [vllm('llama', { replicas, gpus })];
    expect(problems(models, needed)).toEqual([]);
    expect(problems(models, needed - 1)).toEqual([
      expect.stringMatching(new RegExp(`^cluster\\.gpuPool\\.maxGpus: the models need at least ${needed}: `)),
    ]);
  });

  test('a predictor takes no GPU and no context length', () => {
    expect(problems([fastApi('iris', { gpus: 1, maxModelLength: 512 })], 8)).toEqual([
      "models.0.gpus: 'fastApi' runs on CPUs; use 0",
      "models.0.maxModelLength: only 'vllm' has it; remove it",
    ]);
  });
});
