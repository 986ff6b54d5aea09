import { synthesise } from '../helpers/synthesise';

/** The rules see the same templates again and add nothing: where bytes are compared they are left out, to save time. */
const RULES_OFF = { '@aws-cdk/core:validateAgainstDefaultRules': false };

describe('the application, as cdk synth runs it', () => {
  test('crawl passes every template rule, offline', () => {
    const run = synthesise({ offline: true });
    expect(run.output).toBe('');
    expect(run.status).toBe(0);
    expect(Object.keys(run.files).filter((file) => file.endsWith('.template.json')).length).toBeGreaterThan(10);
  });

  test('crawl is the same byte for byte when it is synthesised again, elsewhere and in another language', () => {
    const first = synthesise({ context: RULES_OFF, offline: true });
    const second = synthesise({ context: RULES_OFF, env: { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' } });
    expect(first.status).toBe(0);
    expect(second.files).toEqual(first.files);
  });

  test('local passes every template rule', () => {
    const run = synthesise({ context: { config: 'config/local.yaml', images: 'test/fixtures/images.lock.yaml' } });
    expect(run.output).toBe('');
    expect(run.status).toBe(0);
  });

  test.each(['walk', 'run'])('%s is refused in plain words', (preset) => {
    const run = synthesise({ context: { config: `config/${preset}.yaml` } });
    expect(run.status).toBe(1);
    expect(run.output).toMatch(/^config\/\w+\.yaml: 1 problem\n {2}- 'preset': .*use 'crawl'/);
  });

  test('a configuration with mistakes is refused with every one of them and no stack trace', () => {
    const run = synthesise({ context: { config: 'test/fixtures/mistakes.yaml' } });
    expect(run.status).toBe(1);
    expect(run.output).toMatch(/mistakes\.yaml: 4 problems/);
    expect(run.output).not.toMatch(/at .*\.ts:/);
  });
});
