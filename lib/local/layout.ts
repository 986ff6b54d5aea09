import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Where a run keeps its state: everything that it writes lies below one folder. */
export class Layout {
  /** Root of the repository or of the package. */
  public readonly root: string;
  /** The folder that holds everything; `.local` by default. */
  public readonly home: string;

  constructor(root: string, home: string) {
    this.root = path.resolve(root);
    this.home = path.resolve(root, home);
  }

  /** A path below the state folder. */
  public at(...parts: string[]): string {
    return path.join(this.home, ...parts);
  }

  /** A path below the repository. */
  public source(...parts: string[]): string {
    return path.join(this.root, ...parts);
  }

  /** `file` as a person would type it. */
  public shown(file: string): string {
    const relative = path.relative(this.root, file);
    return relative.startsWith('..') ? file : relative;
  }

  /** Log file of the program `name`. */
  public log(name: string): string {
    return this.at('logs', `${name}.log`);
  }

  /** Cloud assembly. */
  public get assembly(): string {
    return this.at('cdk.out');
  }

  /** Folder of the emulated AWS. */
  public get aws(): string {
    return this.at('aws');
  }

  /** Whether an earlier run installed its environments here. */
  public get ready(): boolean {
    return existsSync(this.at('python'));
  }

  /** Removes what belonged to the run before, however it ended, and makes the folders that programs expect. */
  public prepare(): void {
    for (const name of ['aws', 'jobs', 'logs', 'predictor', 'tmp'])
      rmSync(this.at(name), { recursive: true, force: true });
    for (const name of existsSync(this.assembly) ? readdirSync(this.assembly) : []) {
      if (name.endsWith('.lock')) rmSync(path.join(this.assembly, name)); // of a CLI that was killed
    }
    for (const name of ['cache', 'home', 'logs', 'tmp']) mkdirSync(this.at(name), { recursive: true });
  }
}
