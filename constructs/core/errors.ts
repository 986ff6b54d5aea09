import type { IConstruct } from 'constructs';

/** One rule of this library that the caller broke. */
export interface Problem {
  /** Stable identifier, for example `IntegerOutOfRange`; listed in `docs/reference/errors.md`. */
  readonly code: string;
  /** The quoted prop, what is allowed with unit, what was given, what to change. */
  readonly text: string;
}

/**
 * The input of a construct was refused; nothing was defined.
 *
 * Codes are part of the public contract: they never change once released.
 */
export class PlatformError extends Error {
  /** Every problem found, in the order of the props. */
  public readonly problems: readonly Problem[];

  /** Path of the construct that refused the input, for example `Platform/Llama`. */
  public readonly constructPath: string;

  constructor(problems: readonly Problem[], scope: IConstruct) {
    super(problems.map((p) => `${p.text} [${p.code}, at ${scope.node.path || '<root>'}]`).join('\n'));
    this.name = 'PlatformError';
    this.problems = problems;
    this.constructPath = scope.node.path;
  }
}
