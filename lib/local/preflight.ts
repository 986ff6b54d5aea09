import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { ConfigError } from '../config/problem';
import { LocalFailure } from './failure';

/** Something about this machine that a run needs. */
export interface Requirement {
  /** What is needed, for example `Python 3.11 or newer`. */
  readonly name: string;
  /** Undefined when it is there, else what is wrong and what to do. */
  readonly check: () => Promise<Shortcoming | undefined> | Shortcoming | undefined;
}

/** A requirement that is not met. */
export interface Shortcoming {
  readonly cause: string;
  readonly remedy: string;
}

/**
 * Checks every requirement and reports all that are not met together.
 *
 * @throws LocalFailure of kind `preflight`
 */
export async function preflight(requirements: readonly Requirement[]): Promise<void> {
  const found: string[] = [];
  for (const requirement of requirements) {
    const problem = await requirement.check();
    if (problem) found.push(`${requirement.name}: ${problem.cause}`, `    ${problem.remedy}`);
  }
  if (found.length > 0) {
    throw new LocalFailure('this machine or the configuration is not ready', { kind: 'preflight', detail: found });
  }
}

/** Node.js of at least major version `major`. */
export function nodeVersion(major: number, running: string = process.versions.node): Requirement {
  return {
    name: `Node.js ${major} or newer`,
    check: () =>
      Number(running.split('.')[0]) >= major
        ? undefined
        : { cause: `this is ${running}`, remedy: 'install a newer one and run `npm ci` again' },
  };
}

/** The first interpreter of `candidates` that is Python 3.11 or newer and can make virtual environments. */
export function findPython(
  environment: Readonly<Record<string, string>>,
  candidates: readonly string[] = ['python3.13', 'python3.12', 'python3.11', 'python3'],
): string | undefined {
  const probe = 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13)); ';
  const printing = 'import sys; print(sys.executable)';
  for (const candidate of candidates) {
    if (spawnSync(candidate, ['-c', probe], { env: environment, timeout: 20_000 }).status !== 0) continue;
    const { stdout } = spawnSync(candidate, ['-c', printing], { env: environment, timeout: 20_000, encoding: 'utf8' });
    if (stdout.trim()) return stdout.trim();
  }
  return undefined;
}

/** Python with venv; `python` is what `findPython` found. */
export function pythonVersion(python: string | undefined): Requirement {
  return {
    name: 'Python 3.11, 3.12 or 3.13 with venv',
    check: () =>
      python
        ? undefined
        : {
            cause: 'none of python3.13, python3.12, python3.11 and python3 on the PATH is one',
            remedy: 'install it; on Debian and Ubuntu: apt install python3 python3-venv',
          },
  };
}

/** A program on the PATH. */
export function program(command: string, use: string, environment: Readonly<Record<string, string>>): Requirement {
  return {
    name: command,
    check: () =>
      spawnSync(command, ['version'], { env: environment, timeout: 20_000 }).status === 0
        ? undefined
        : { cause: 'not on the PATH', remedy: `install it; ${use}` },
  };
}

/** A free port on the loopback address. */
export function freePort(port: number, use: string): Requirement {
  return {
    name: `port ${port} for ${use}`,
    check: () =>
      new Promise((resolve) => {
        const server = createServer();
        server.once('error', (error: NodeJS.ErrnoException) => {
          const cause = error.code === 'EADDRINUSE' ? `127.0.0.1:${port} is in use` : error.message;
          resolve({ cause, remedy: 'stop what listens there, or choose other ports with --port' });
        });
        server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
      }),
  };
}

/** At least `gibibytes` free on the disk of `folder`, which must be writable. */
export function freeDisk(folder: string, gibibytes: number): Requirement {
  return {
    name: `${gibibytes} GiB of free disk`,
    check: () => {
      try {
        mkdirSync(folder, { recursive: true });
        accessSync(folder, constants.W_OK);
      } catch (error) {
        return {
          cause: `${folder} cannot be written (${(error as Error).message})`,
          remedy: 'choose another with --state',
        };
      }
      const { bavail, bsize } = statfsSync(folder);
      const free = (bavail * bsize) / 2 ** 30;
      return free >= gibibytes
        ? undefined
        : {
            cause: `only ${free.toFixed(1)} GiB are free at ${folder}`,
            remedy: 'free some space, or choose another disk with --state',
          };
    },
  };
}

/** A configuration that can be loaded. */
export function validConfig(load: () => unknown): Requirement {
  return {
    name: 'a valid configuration',
    check: () => {
      try {
        load();
        return undefined;
      } catch (error) {
        if (error instanceof ConfigError)
          return { cause: error.message, remedy: 'change the file; docs/reference/configuration.md lists every field' };
        throw error;
      }
    },
  };
}

/** Bundled Lambda handlers, which `npm ci` builds. */
export function builtHandlers(root: string): Requirement {
  return {
    name: 'the bundles of the Lambda handlers',
    check: () =>
      existsSync(path.join(root, 'assets', 'handlers'))
        ? undefined
        : { cause: 'assets/handlers is missing', remedy: 'run `npm ci`, or `npm run prepare`' },
  };
}
