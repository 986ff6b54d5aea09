import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly license: string | { type: string };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const page = readFileSync('docs/reference/dependencies.md', 'utf8');

/** Name and licence of every row of the page. */
const rows = new Map(
  [...page.matchAll(/^\| `([^`]+)`(?: \(peer\))? \| ([^|]+?) \|/gm)].map((row) => [row[1]!, row[2]!]),
);

const PERMISSIVE = /^(MIT|Apache-2\.0|ISC|BSD-[23]-Clause)$/;

function pythonInputs(): string[] {
  return ['engines', 'examples', 'constructs', 'test']
    .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => path.join(root, file)))
    .filter((file) => path.basename(file) === 'requirements.in');
}

describe('docs/reference/dependencies.md', () => {
  test('names every npm package that is installed directly', () => {
    const direct = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies });
    expect(direct.filter((name) => !rows.has(name))).toEqual([]);
  });

  test('gives the licence that the package itself states', () => {
    const direct = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const stated = direct.map((name) => [
      name,
      (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as Manifest).license,
    ]);
    expect(stated.filter(([name, licence]) => rows.get(String(name)) !== licence)).toEqual([]);
  });

  test('what ships is permissive', () => {
    const shipped = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect(shipped.filter((name) => !PERMISSIVE.test(rows.get(name) ?? ''))).toEqual([]);
  });

  test('names every Python package that is installed directly', () => {
    const direct = pythonInputs().flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^([a-z][a-z0-9-]*)(?:\[[a-z,]+\])?\s*==/gm)].map((match) => match[1]!),
    );
    expect(direct).toContain('ministack');
    expect([...new Set(direct)].filter((name) => !rows.has(name))).toEqual([]);
  });

  test('every pin is exact', () => {
    const pins = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(pins.filter(([name, version]) => !/^\d+\.\d+\.\d+$/.test(version) && name !== '@types/node')).toEqual([]);
  });

  test('the lock file names no registry', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved": "http/);
  });
});
