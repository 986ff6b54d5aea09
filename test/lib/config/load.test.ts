import { stringify } from 'yaml';
import { loadConfig } from '../../../lib/config/load';
import { ConfigError } from '../../../lib/config/problem';
import { withFile } from '../../helpers/temporary-file';

const minimal = () => ({
  name: 'acme-ml',
  account: '123456789012',
  region: 'eu-west-1',
  zones: ['eu-west-1a', 'eu-west-1b'],
  domain: 'inference.example.com',
});

const load = (value: unknown) => withFile('platform.yaml', stringify(value), loadConfig);

function problems(value: unknown): string[] {
  try {
    load(value);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((p) => `${p.path}: ${p.text}`);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  test('five values are enough', () => {
    const config = load(minimal());
    expect(config.preset).toBe('crawl');
    expect(config.environment).toBe('prod');
    expect(config.models).toEqual([]);
    expect(config.delivery.compute).toBe('sagemaker');
  });

  test('crawl.yaml holds at most five values', () => {
    const config = loadConfig('config/crawl.yaml');
    expect(config.name).toBe('acme-ml');
    expect(Object.keys(minimal())).toHaveLength(5);
  });

  test('the owner defaults to the platform address of the domain', () => {
    expect(load(minimal()).owner).toBe('platform@inference.example.com');
    expect(load({ ...minimal(), owner: 'ml@example.com' }).owner).toBe('ml@example.com');
  });

  test('one cell by default, from the top-level place', () => {
    expect(load(minimal()).cells).toEqual([
      {
        name: 'main',
        account: '123456789012',
        region: 'eu-west-1',
        zones: ['eu-west-1a', 'eu-west-1b'],
        domain: 'inference.example.com',
      },
    ]);
  });

  test.each(['walk', 'run'])('%s is refused with what is missing', (preset) => {
    expect(problems({ ...minimal(), preset })).toEqual([
      expect.stringMatching(/^preset: .*drift detection.*use 'crawl'$/),
    ]);
  });

  test.each(['walk', 'run'])('the file of %s is refused with the same reason', (preset) => {
    expect(() => loadConfig(`config/${preset}.yaml`)).toThrow(/what this version does not have yet/);
  });

  test('names file, path, value given and what is allowed, all at once', () => {
    const bad = {
      ...minimal(),
      name: 'A',
      account: 12,
      zones: ['eu-west-1a', 'us-east-1b'],
      extra: 1,
      network: { natGateways: 9 },
    };
    const error = (() => {
      try {
        return load(bad);
      } catch (caught) {
        return caught as ConfigError;
      }
    })() as ConfigError;
    expect(error.file).toMatch(/platform\.yaml$/);
    expect(error.problems.map((p) => p.path)).toEqual([
      'name',
      'name',
      'account',
      'network.natGateways',
      'extra',
      'zones[1]',
      'network.natGateways',
    ]);
    expect(error.message).toMatch(/'account': use the 12-digit account id .* \(given: 12\)/);
    expect(error.message).toMatch(/'extra': unknown key.*\(given: 1\)/);
  });

  test('missing values are named', () => {
    expect(problems({ name: 'acme-ml' })).toEqual([
      expect.stringMatching(/^account: use the 12-digit account id/),
      'region: a value is missing (string)',
      'zones: a value is missing (array)',
      'domain: a value is missing (string)',
    ]);
  });

  test('a missing file says so', () => {
    expect(() => loadConfig('config/none.yaml')).toThrow(
      'config/none.yaml: 1 problem\n  - cannot be read: there is no such file',
    );
  });

  test('a key written twice is refused', () => {
    expect(() => withFile('twice.yaml', 'name: a1\nname: b1\n', loadConfig)).toThrow(/unique/);
  });
});

describe('rules across fields', () => {
  const model = { name: 'iris', server: 'fastApi' };

  test.each([
    [
      'two models of one name',
      { models: [model, model] },
      "models[1].name: 'iris' is already the name of another model",
    ],
    [
      'a GPU server without GPUs',
      { models: [{ ...model, server: 'vllm' }] },
      "models[0].gpus: 'vllm' needs at least 1 GPU per pod, got 0",
    ],
    [
      'GPUs without a pool',
      { models: [{ ...model, server: 'vllm', gpus: 1 }] },
      "models[0].gpus: GPUs need 'cluster.gpuPool'",
    ],
    [
      'a gate without a bound',
      { models: [{ ...model, gates: [{ metric: 'accuracy' }] }] },
      "models[0].gates[0]: give 'atLeast', 'atMost' or both",
    ],
    [
      'more NAT gateways than zones',
      { network: { natGateways: 3 } },
      'network.natGateways: at most one per zone (2), got 3',
    ],
    ['a zone named twice', { zones: ['eu-west-1a', 'eu-west-1a'] }, "zones[1]: 'eu-west-1a' is named more than once"],
    [
      'a zone id and a certificate',
      {
        gateway: { hostedZoneId: 'Z0123456789ABC', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x' },
      },
      "gateway: give 'hostedZoneId' or 'certificateArn', not both",
    ],
  ])('%s', (_name, change, problem) => {
    expect(problems({ ...minimal(), ...change })).toContain(problem);
  });

  test('two cells may not share a name or a domain', () => {
    const cell = {
      name: 'a1',
      account: '123456789012',
      region: 'eu-west-1',
      zones: ['eu-west-1a', 'eu-west-1b'],
      domain: 'a.example.com',
    };
    expect(problems({ ...minimal(), cells: [cell, cell] })).toEqual([
      "cells[1].name: 'a1' is already the name of another cell",
      "cells[1].domain: 'a.example.com' is already the domain of another cell",
    ]);
  });
});
