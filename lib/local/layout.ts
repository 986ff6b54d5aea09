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

  /** Folders of state that belongs to one run and is removed before the next. */
  public get perRun(): string[] {
    return ['aws', 'jobs', 'predictor', 'tmp'].map((name) => this.at(name));
  }
}
