import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A tiny process that outlives us for a moment: when our end of its pipe closes, however we died, it kills the process
 * groups that it was told of and ends.
 */
export class Guardian {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = spawn(process.execPath, ['-e', PROGRAM], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    });
    this.#child.on('error', () => undefined);
    this.#child.stdin?.on('error', () => undefined);
    this.#child.unref();
  }

  /** Adds a process group. */
  public watch(group: number): void {
    this.#child.stdin?.write(`+${group}\n`);
  }

  /** Removes a process group that ended. */
  public forget(group: number): void {
    this.#child.stdin?.write(`-${group}\n`);
  }

  /** Lets the guardian end. */
  public release(): void {
    this.#child.stdin?.end();
  }
}

const PROGRAM = `
const groups = new Set();
require('node:readline').createInterface({ input: process.stdin })
  .on('line', (line) => groups[line[0] === '+' ? 'add' : 'delete'](Number(line.slice(1))))
  .on('close', () => {
    for (const group of groups) try { process.kill(-group, 'SIGKILL'); } catch {}
    process.exit(0);
  });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
`;
