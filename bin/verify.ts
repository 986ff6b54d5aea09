import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { verifyFaults } from '../lib/local/faults';

const root = path.resolve(__dirname, '..');
const given = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
const suites: Record<string, () => Promise<{ passed: number; failed: number }>> = {
  local: () =>
    verifyFaults({ root, port: 4566, environment: Object.fromEntries(given), say: (text) => console.log(text) }),
};

async function main(name: string): Promise<number> {
  const suite = suites[name];
  if (!suite) {
    console.error(`there is no suite '${name}'; choose one of ${Object.keys(suites).join(', ')}`);
    return 2;
  }
  const count = await suite();
  mkdirSync(path.join(root, 'reports'), { recursive: true });
  writeFileSync(path.join(root, 'reports', `${name}-faults.json`), JSON.stringify(count));
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed > 0 ? 1 : 0;
}

void main(process.argv[2] ?? '').then((code) => process.exit(code));
