import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ProgramSpec } from './engine';
import type { Layout } from './layout';
import type { Supervisor } from './supervisor';

/** Properties for `PythonEnvironment`. */
export interface PythonEnvironmentProps {
  /** Name, also of the folder below `.local/python`. */
  readonly name: string;
  /** Lock file with a hash for every package, relative to the root. */
  readonly lock: string;
}

/** A virtual environment that holds exactly what a hash-locked file lists. */
export class PythonEnvironment {
  public readonly name: string;
  readonly #layout: Layout;
  readonly #lock: string;

  constructor(layout: Layout, props: PythonEnvironmentProps) {
    this.name = props.name;
    this.#layout = layout;
    this.#lock = layout.source(props.lock);
  }

  /** Folder of the environment. */
  public get folder(): string {
    return this.#layout.at('python', this.name);
  }

  /** Its interpreter. */
  public get python(): string {
    return path.join(this.folder, 'bin', 'python');
  }

  /** Whether what is installed is what the lock says. */
  public installed(interpreter: string): boolean {
    return (
      existsSync(this.python) &&
      existsSync(this.#stamp) &&
      readFileSync(this.#stamp, 'utf8') === this.#want(interpreter)
    );
  }

  /**
   * Installs from scratch what the lock says, checked by hash.
   *
   * @throws LocalFailure when it cannot be had
   */
  public async install(
    interpreter: string,
    environment: Readonly<Record<string, string>>,
    supervisor: Supervisor,
  ): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    const program = (step: string, command: string, args: readonly string[]): ProgramSpec => ({
      name: `${step} of the ${this.name} environment`,
      command,
      args,
      environment: { ...environment, TMPDIR: this.#layout.at('tmp') },
      workingDirectory: this.#layout.root,
      logFile: this.#layout.log(`python-${this.name}-${step}`),
    });
    await supervisor.command(program('creation', interpreter, ['-m', 'venv', this.folder]));
    const pip = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--no-cache-dir',
      '--no-compile',
      '--quiet',
    ];
    const exact = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '-r', this.#lock];
    await supervisor.command(program('installation', this.python, [...pip, ...exact]));
    writeFileSync(this.#stamp, this.#want(interpreter));
  }

  get #stamp(): string {
    return path.join(this.folder, 'lock.sha256');
  }

  #want(interpreter: string): string {
    return createHash('sha256').update(readFileSync(this.#lock)).update(interpreter).update(this.folder).digest('hex');
  }
}
