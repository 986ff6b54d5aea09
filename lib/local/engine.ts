import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fullDisk, knownCause, LocalFailure } from './failure';

/** A program to start. */
export interface ProgramSpec {
  /** Name shown to people and used for the log. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** File that receives what the program prints. */
  readonly logFile: string;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The program could not be started. */
  readonly error?: Error;
}

const STOP_GRACE_MS = 3_000;

/**
 * A child process with a process group of its own and its output in a file.
 *
 * The group is what is stopped, so that nothing a program started outlives it, and a Ctrl-C of the terminal reaches only us.
 */
export class Engine {
  /** Resolves when the program ended, whatever the reason. */
  public readonly ended: Promise<ProgramEnd>;
  /** What was started. */
  public readonly spec: ProgramSpec;
  readonly #child: ChildProcess;
  #end: ProgramEnd | undefined;

  constructor(spec: ProgramSpec) {
    this.spec = spec;
    mkdirSync(path.dirname(spec.logFile), { recursive: true });
    const log = openSync(spec.logFile, 'w');
    try {
      this.#child = spawn(spec.command, spec.args, {
        cwd: spec.workingDirectory,
        env: spec.environment,
        stdio: ['ignore', log, log],
        detached: true,
      });
    } finally {
      closeSync(log);
    }
    this.ended = new Promise((resolve) => {
      const end = (value: ProgramEnd): void => {
        this.#end ??= value;
        resolve(this.#end);
      };
      this.#child.once('exit', (code, signal) => end({ code, signal }));
      this.#child.once('error', (error) => end({ code: null, signal: null, error }));
    });
  }

  /** Id of the process group; undefined when the program could not be started. */
  public get group(): number | undefined {
    return this.#child.pid;
  }

  /** Whether the program ended. */
  public get over(): boolean {
    return this.#end !== undefined;
  }

  /** Stops the whole group: politely, then for good. */
  public async stop(graceMs: number = STOP_GRACE_MS): Promise<void> {
    if (this.group === undefined) return;
    if (!this.over) {
      signalGroup(this.group, 'SIGTERM');
      await Promise.race([this.ended, delay(graceMs)]);
    }
    signalGroup(this.group, 'SIGKILL');
    await Promise.race([this.ended, delay(graceMs)]);
  }

  /** The end of the program as a failure that names the cause. */
  public failure(end: ProgramEnd, during?: string): LocalFailure {
    const lines = lastLines(this.spec.logFile, 15);
    const known = knownCause(lines.join('\n')) ?? fullDisk(path.dirname(this.spec.logFile));
    const how = end.error ? `could not be started: ${end.error.message}` : `ended with ${describeEnd(end)}`;
    const text = `${this.spec.name} ${how}${during ? ` while ${during}` : ''}${known ? `: ${known.cause}` : ''}`;
    return new LocalFailure(text, { detail: lines, remedy: known?.remedy, log: this.spec.logFile });
  }
}

/** `exit code 1` or `signal SIGKILL`. */
export function describeEnd(end: ProgramEnd): string {
  return end.signal ? `signal ${end.signal}` : `exit code ${end.code ?? 'unknown'}`;
}

/** Signals a process group; one that is gone is fine. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The last `count` lines of a text file; none when it cannot be read. */
export function lastLines(file: string, count: number): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count);
  } catch {
    return [];
  }
}

/** Resolves after `ms` milliseconds, without keeping the process alive. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
