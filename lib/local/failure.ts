import { statfsSync } from 'node:fs';

/** Why a run ended early; decides the exit code. */
export type FailureKind = 'usage' | 'preflight' | 'busy' | 'interrupted' | 'run';

/** Exit code of each kind of end; printed by `--help`. */
export const EXIT_CODES: Readonly<Record<FailureKind, number>> = {
  run: 1,
  usage: 2,
  preflight: 3,
  busy: 4,
  interrupted: 130,
};

/** What `LocalFailure` is made of. */
export interface LocalFailureProps {
  /**
   * Kind of the failure.
   *
   * @default 'run'
   */
  readonly kind?: FailureKind;
  /**
   * What to do about it.
   *
   * @default - nothing is known to help
   */
  readonly remedy?: string;
  /**
   * Lines that show the cause, for example the end of a log.
   *
   * @default - none
   */
  readonly detail?: readonly string[];
  /**
   * File with more.
   *
   * @default - none
   */
  readonly log?: string;
}

/** The local run cannot go on; the message names the cause. */
export class LocalFailure extends Error {
  /** Kind of the failure. */
  public readonly kind: FailureKind;
  /** What to do about it. */
  public readonly remedy: string | undefined;
  /** Lines that show the cause. */
  public readonly detail: readonly string[];
  /** File with more. */
  public readonly log: string | undefined;

  constructor(message: string, props: LocalFailureProps = {}) {
    super(message);
    this.name = 'LocalFailure';
    this.kind = props.kind ?? 'run';
    this.remedy = props.remedy;
    this.detail = props.detail ?? [];
    this.log = props.log;
  }

  /** The failure as text for a person: cause, lines that show it, what to do. */
  public toText(): string {
    const lines = [`local: ${this.message}`, ...this.detail.map((line) => `  | ${line}`)];
    if (this.remedy) lines.push(`  What to do: ${this.remedy}`);
    if (this.log) lines.push(`  Whole log: ${this.log}`);
    return lines.join('\n');
  }
}

/** Known causes in the log of a program, and what to do about each. */
const KNOWN_CAUSES: readonly { readonly pattern: RegExp; readonly cause: string; readonly remedy: string }[] = [
  {
    pattern: /ENOSPC|No space left on device|Errno 28|database or disk is full/,
    cause: 'the disk is full',
    remedy: 'free some space and run the command again; `.local/` may be deleted as a whole',
  },
  {
    pattern: /EADDRINUSE|address already in use|Errno 98/i,
    cause: 'a port is in use',
    remedy: 'stop what listens there, or choose other ports with --port',
  },
  {
    pattern: /EMFILE|Too many open files/,
    cause: 'too many files are open',
    remedy: 'raise the limit of open files (`ulimit -n`)',
  },
  {
    pattern: /Cannot allocate memory|ENOMEM|MemoryError/,
    cause: 'the memory is exhausted',
    remedy: 'about 3 GiB of free memory are needed',
  },
  {
    pattern:
      /Temporary failure in name resolution|ENOTFOUND|Network is unreachable|Read timed out|Connection refused.*pip/,
    cause: 'the package index cannot be reached',
    remedy: 'connect to the network, or set the proxy of pip; only the first run needs it',
  },
];

/** Bytes below which a disk counts as full: a log could not be written any more. */
const FULL_BYTES = 4 * 2 ** 20;

/** The full disk of `folder` as a cause; a program that could not write its log shows no other. */
export function fullDisk(folder: string): { readonly cause: string; readonly remedy: string } | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < FULL_BYTES ? KNOWN_CAUSES[0] : undefined;
  } catch {
    return undefined;
  }
}

/** The known cause that `text` shows, if any. */
export function knownCause(text: string): { readonly cause: string; readonly remedy: string } | undefined {
  return KNOWN_CAUSES.find(({ pattern }) => pattern.test(text));
}

/** Any error as a `LocalFailure`. */
export function asFailure(error: unknown): LocalFailure {
  if (error instanceof LocalFailure) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const known = knownCause(text);
  return new LocalFailure(known ? `${known.cause} (${text})` : text, { remedy: known?.remedy });
}
