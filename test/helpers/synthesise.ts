import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** How to synthesise the application in a process of its own. */
export interface SynthesisOptions {
  /** Context on top of cdk.json, for example `{ config: 'config/local.yaml' }`. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Whether the process gets a network namespace without any interface but a downed loopback. */
  readonly offline?: boolean;
  /** Environment on top of a minimal one. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a synthesis left. */
export interface Synthesis {
  readonly status: number | null;
  readonly output: string;
  /** sha256 of every file of the cloud assembly, by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs `bin/groundplane.ts` as `cdk synth` does, in a fresh output folder that is gone afterwards. */
export function synthesise({ context = {}, offline = false, env = {} }: SynthesisOptions = {}): Synthesis {
  const out = mkdtempSync(path.join(tmpdir(), 'groundplane-synth-'));
  try {
    const fromFile = (JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }).context;
    const node = [process.execPath, '-r', 'tsx/cjs', 'bin/groundplane.ts'];
    const [command, ...args] = offline ? ['unshare', '-Urn', ...node] : node;
    const run = spawnSync(command!, args, {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        CDK_OUTDIR: out,
        CDK_CONTEXT_JSON: JSON.stringify({ ...fromFile, ...context }),
        ...env,
      },
    });
    return { status: run.status, output: `${run.stdout}${run.stderr}${run.error ?? ''}`, files: digests(out) };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function digests(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    files
      .filter((file) => statSync(path.join(folder, file)).isFile())
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(path.join(folder, file)))
          .digest('hex'),
      ]),
  );
}
