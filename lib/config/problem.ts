/** One thing that is wrong in a configuration file. */
export interface ConfigProblem {
  /** Path of the field, for example `models[0].gpus`; empty for the file as a whole. */
  readonly path: string;
  /** What is allowed, and what to do. */
  readonly text: string;
  /** The value given, as JSON. */
  readonly given: string;
}

/** A file of the platform's configuration was refused; every problem is listed at once. */
export class ConfigError extends Error {
  /** The file. */
  public readonly file: string;
  /** Every problem found. */
  public readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      (p) => `  - ${p.path ? `'${p.path}': ` : ''}${p.text}${p.given ? ` (given: ${p.given})` : ''}`,
    );
    super(`${file}: ${problems.length} problem${problems.length === 1 ? '' : 's'}\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.file = file;
    this.problems = problems;
  }
}
