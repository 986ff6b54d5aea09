import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { predictorRules, rulesTest } from './rules-test';

/** Runs promtool on `rules` and its unit tests; true when both pass. */
function passes(folder: string, rules: string, say: (text: string) => void): boolean {
  writeFileSync(path.join(folder, 'rules.yaml'), rules);
  writeFileSync(path.join(folder, 'test.yaml'), rulesTest('rules.yaml'));
  const run = (...args: string[]) => spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  const checked = run('check', 'rules', 'rules.yaml');
  const tested = run('test', 'rules', 'test.yaml');
  if (checked.status !== 0) say(`${checked.stdout}${checked.stderr}`.trim());
  if (tested.status !== 0) say(`${tested.stdout}${tested.stderr}`.trim());
  return checked.status === 0 && tested.status === 0;
}

/** Faults that the engine must find in the rules; each is one wrong word. */
const FAULTS: Readonly<Record<string, readonly [string, string]>> = {
  'a threshold that never fires': ['> 0.01', '> 1.01'],
  'a label that no series has': ['status=~\\"5..\\"', 'code=~\\"5..\\"'],
  'an expression that does not parse': ['histogram_quantile(', 'histogram_quantil('],
  'no alert for a server that is gone': ['absent(', '('],
};

/** Checks the rules with Prometheus' own tool, then that it finds every planted fault. */
export function verifyPromtool(): { passed: number; failed: number } {
  if (spawnSync('promtool', ['--version']).error) {
    console.error(
      "promtool is not installed. On Debian or Ubuntu: apt install prometheus (it need not run); elsewhere: Prometheus' release page.",
    );
    return { passed: 0, failed: 1 };
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'groundplane-promtool-'));
  try {
    const rules = predictorRules();
    const results: [string, boolean][] = [
      ['the rules as they are pass', passes(folder, rules, (text) => console.log(text))],
    ];
    for (const [fault, [good, bad]] of Object.entries(FAULTS)) {
      const planted = rules.replaceAll(good, bad).replaceAll(good.replaceAll('\\"', '"'), bad.replaceAll('\\"', '"'));
      if (planted === rules) throw new Error(`nothing to plant '${fault}' in`);
      results.push([`found: ${fault}`, !passes(folder, planted, () => {})]);
    }
    for (const [name, ok] of results) console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
    const passed = results.filter(([, ok]) => ok).length;
    return { passed, failed: results.length - passed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
