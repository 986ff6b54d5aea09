import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { LocalFailure } from '../../../lib/local/failure';
import { RunLock } from '../../../lib/local/run-lock';
import { withFolder } from './helpers';

const fileIn = (folder: string): string => path.join(folder, 'run.sock');

test('a second run is refused and told who holds the first', async () => {
  await withFolder(async (folder) => {
    const lock = await RunLock.take(fileIn(folder), 'AWS on port 4566');
    const failure = await RunLock.take(fileIn(folder), 'x').then(
      () => undefined,
      (error: LocalFailure) => error,
    );
    expect(failure?.kind).toBe('busy');
    expect(failure?.message).toContain('AWS on port 4566');
    lock.release();
  });
});

test('after the first ended, the next may run', async () => {
  await withFolder(async (folder) => {
    (await RunLock.take(fileIn(folder), 'first')).release();
    const next = await RunLock.take(fileIn(folder), 'next');
    next.release();
    expect(existsSync(fileIn(folder))).toBe(false);
  });
});

test('what a killed run left behind does not matter', async () => {
  await withFolder(async (folder) => {
    const { spawnSync } = await import('node:child_process');
    const leave = `require('node:net').createServer().listen(${JSON.stringify(fileIn(folder))}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leave]);
    expect(existsSync(fileIn(folder))).toBe(true);
    (await RunLock.take(fileIn(folder), 'next')).release();
  });
});

test('a holder that says nothing still holds', async () => {
  await withFolder(async (folder) => {
    const silent = createServer((socket) => socket.end()).listen(path.relative(process.cwd(), fileIn(folder)));
    const failure = await RunLock.take(fileIn(folder), 'x').then(
      () => undefined,
      (error: LocalFailure) => error,
    );
    expect(failure?.kind).toBe('busy');
    silent.close();
  });
});
