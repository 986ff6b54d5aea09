import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProgramSpec } from '../../../lib/local/engine';

/** A folder that is removed when `use` is done. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'local-test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A shell program with its log below `folder`. */
export function shell(folder: string, script: string, name = 'a program'): ProgramSpec {
  return {
    name,
    command: '/bin/sh',
    args: ['-c', script],
    environment: { PATH: '/usr/bin:/bin' },
    workingDirectory: folder,
    logFile: path.join(folder, 'program.log'),
  };
}

/** Whether a process with this id is there and no zombie. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks every 20 ms, for at most 5 seconds. */
export async function eventually(ask: () => boolean): Promise<boolean> {
  for (let i = 0; i < 250; i++) {
    if (ask()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
