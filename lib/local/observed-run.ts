import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

/** How an observed run ended. */
export interface ObservedEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A process of this machine. */
interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** A run of the local command, seen from outside: what it prints, what it started, what it leaves behind. */
export class ObservedRun {
  readonly #child: ChildProcess;
  readonly #started = new Set<number>();
  #output = '';

  /** `command` is the whole command line of the run. */
  constructor(command: readonly string[], workingDirectory: string, environment: Readonly<Record<string, string>>) {
    const [program = '', ...args] = command;
    this.#child = spawn(program, args, { cwd: workingDirectory, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** What it has printed so far. */
  public get output(): string {
    return this.#output;
  }

  /** Waits until it has printed what matches. */
  public async printed(pattern: RegExp, seconds = 240): Promise<void> {
    await this.#until(`it prints ${pattern}`, seconds, () => pattern.test(this.#output));
  }

  /** Waits until it has a child whose command line matches, and answers its id. */
  public async child(pattern: RegExp, seconds = 240): Promise<number> {
    let found: number | undefined;
    await this.#until(`a child ${pattern} runs`, seconds, () => {
      found = this.#descendants().find(({ command }) => pattern.test(command))?.pid;
      return found !== undefined;
    });
    return found!;
  }

  /** Signals the run itself. */
  public signal(signal: NodeJS.Signals): void {
    this.#descendants();
    this.#child.kill(signal);
  }

  /** Waits for its end; fails when it takes longer than `seconds`. */
  public async end(seconds: number): Promise<ObservedEnd> {
    await this.#until('it ends', seconds, () => this.#child.exitCode !== null || this.#child.signalCode !== null);
    return { code: this.#child.exitCode, signal: this.#child.signalCode, output: this.#output };
  }

  /** Processes that were seen below the run and still run, after a moment for them to go. */
  public async leftovers(): Promise<string[]> {
    const remaining = (): ProcessRow[] =>
      processes().filter(({ pid, group }) => this.#started.has(pid) || this.#started.has(group));
    for (let i = 0; i < 20 && remaining().length > 0; i++) await pause(100);
    return remaining().map(({ pid, command }) => `${pid} ${command}`);
  }

  /** Ends the run, whatever it does; for when a check failed. */
  public async abandon(): Promise<void> {
    this.#child.kill('SIGTERM');
    for (let i = 0; i < 100 && this.#child.exitCode === null && this.#child.signalCode === null; i++) await pause(100);
    this.#child.kill('SIGKILL');
  }

  async #until(what: string, seconds: number, ask: () => boolean): Promise<void> {
    for (let i = 0; !ask(); i++) {
      const over = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (over || i > seconds * 10) {
        const why = over ? `it ended with ${this.#child.signalCode ?? this.#child.exitCode}` : `${seconds} s passed`;
        throw new Error(`waiting until ${what}: ${why}\n${this.#output.split('\n').slice(-15).join('\n')}`);
      }
      if (i % 3 === 0) this.#descendants();
      await pause(100);
    }
  }

  /** Everything below the run, remembered. */
  #descendants(): ProcessRow[] {
    const all = processes();
    const found: ProcessRow[] = [];
    const parents = new Set([this.#child.pid]);
    for (let grown = true; grown; ) {
      grown = false;
      for (const row of all) {
        if (!parents.has(row.parent) || parents.has(row.pid)) continue;
        parents.add(row.pid);
        found.push(row);
        if (!row.command.startsWith('ps ')) this.#started.add(row.pid);
        grown = true;
      }
    }
    return found;
  }
}

function processes(): ProcessRow[] {
  const text = execFileSync('ps', ['-eo', 'pid=,ppid=,pgid=,stat=,args='], { encoding: 'utf8', maxBuffer: 2 ** 24 });
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match || match[4]?.startsWith('Z')) return [];
    return [{ pid: Number(match[1]), parent: Number(match[2]), group: Number(match[3]), command: match[5] ?? '' }];
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
