import { synthesise } from '../helpers/synthesise';

describe('the application, as cdk synth runs it', () => {
  test('crawl passes every template rule, offline, and twice byte for byte the same', () => {
    const first = synthesise({ offline: true });
    expect(first.output).toBe('');
    expect(first.status).toBe(0);
    const second = synthesise({ env: { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' } });
    expect(second.files).toEqual(first.files);
    expect(Object.keys(first.files).filter((file) => file.endsWith('.template.json')).length).toBeGreaterThan(10);
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
