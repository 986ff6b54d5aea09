import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeReport } from './write-report';

interface Manifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const folder = mkdtempSync(path.join(tmpdir(), 'groundplane-consumer-'));
let passed = 0;

/** Runs one step in `cwd`; throws with its output when it fails. */
function step(name: string, cwd: string, command: string, ...args: string[]): string {
  const run = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_PATH: '' } });
  if (run.status !== 0)
    throw new Error(`${name}: ${command} ${args.join(' ')}\n${run.stdout}${run.stderr}${run.error ?? ''}`);
  passed += 1;
  console.log(`ok   ${name}`);
  return run.stdout.trim();
}

/** Packs the library, and uses it as somebody would who has never seen this repository. */
function main(): void {
  step('the package builds', '.', 'npm', 'run', '--silent', 'build');
  step('it packs', '.', 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder);
  const peers = Object.keys(manifest.peerDependencies);
  const versions = Object.fromEntries(
    [...peers, 'typescript', '@types/node'].map((name) => [name, manifest.devDependencies[name]]),
  );
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({
      name: 'consumer',
      private: true,
      dependencies: { groundplane: `file:groundplane-${manifest.version}.tgz`, ...versions },
    }),
  );
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { strict: true, module: 'NodeNext', target: 'ES2022', skipLibCheck: false, types: ['node'] },
      include: ['app.ts'],
    }),
  );
  copyFileSync('test/consumer/app.ts', path.join(folder, 'app.ts'));
  step(
    'it installs with its peers alone',
    folder,
    'npm',
    'install',
    '--silent',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  );
  step('their code compiles against its types', folder, 'node_modules/.bin/tsc');
  console.log(`     ${step('their app synthesises', folder, process.execPath, 'app.js')}`);
}

try {
  main();
  writeReport('package', passed, 0);
} catch (error) {
  console.error(`FAIL ${(error as Error).message}`);
  writeReport('package', passed, 1);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
