import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const LOCK = 'test/python/requirements.txt';
const HOME = path.resolve('.local/python-tests');

/** Runs one program in the foreground; throws when it fails. */
function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  if (done.status !== 0) throw new Error(`${path.basename(command)} ${args[0]} failed (${done.status ?? done.signal})`);
}

/** The interpreter of a virtual environment that holds exactly the lock, made again when the lock has changed. */
function interpreter(): string {
  const found = ['python3.13', 'python3.12', 'python3.11', 'python3'].find(
    (name) =>
      spawnSync(name, ['-c', 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'])
        .status === 0,
  );
  if (!found) throw new Error('Python 3.11, 3.12 or 3.13 with venv is needed; on Debian: apt install python3-venv');
  const stamp = path.join(HOME, 'lock.sha256');
  const wanted = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
  const python = path.join(HOME, 'bin/python');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  console.log(`installing ${LOCK} (about half a minute)`);
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(path.dirname(HOME), { recursive: true });
  run(found, ['-m', 'venv', HOME]);
  run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '--only-binary',
    ':all:',
    '-r',
    LOCK,
  ]);
  writeFileSync(stamp, wanted);
  return python;
}

const COUNT = `
import json, sys, xml.etree.ElementTree as tree
suites = list(tree.parse(sys.argv[1]).getroot().iter('testsuite'))
total, bad, skipped = (sum(int(s.get(k, 0)) for s in suites for k in keys) for keys in (['tests'], ['failures', 'errors'], ['skipped']))
json.dump({'passed': total - bad - skipped, 'failed': bad}, open(sys.argv[2], 'w'))
`;

function main(): number {
  const python = interpreter();
  mkdirSync('reports', { recursive: true });
  const tests = spawnSync(python, ['-m', 'pytest', '-q', 'test/python', '--junitxml', 'reports/python.xml'], {
    stdio: 'inherit',
  });
  if (existsSync('reports/python.xml')) run(python, ['-c', COUNT, 'reports/python.xml', 'reports/python.json']);
  return tests.status ?? 1;
}

process.exit(main());
