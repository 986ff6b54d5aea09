import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalFailure } from '../../../lib/local/failure';
import { Supervisor } from '../../../lib/local/supervisor';
import { alive, eventually, shell, withFolder } from './helpers';

const supervised = <T>(use: (supervisor: Supervisor, folder: string) => Promise<T>, activity?: string): Promise<T> =>
  withFolder(async (folder) => {
    const supervisor = new Supervisor(() => activity);
    try {
      return await use(supervisor, folder);
    } finally {
      await supervisor.stopAll();
    }
  });

const refused = (work: Promise<unknown>): Promise<LocalFailure> =>
  work.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: LocalFailure) => error,
  );

const pidIn = (file: string): number => Number(readFileSync(file, 'utf8'));

test('a command that ends with 0 is fine', async () => {
  const done = supervised((supervisor, folder) => supervisor.command(shell(folder, 'echo done')));
  await expect(done).resolves.toBeUndefined();
});

test('a command that fails shows the end of what it printed', async () => {
  const failure = await supervised((supervisor, folder) =>
    refused(supervisor.command(shell(folder, 'echo the reason; exit 3'))),
  );
  expect(failure.message).toBe('a program ended with exit code 3');
  expect(failure.detail).toEqual(['the reason']);
});

test('a full disk in the log becomes the cause', async () => {
  const failure = await supervised((supervisor, folder) =>
    refused(supervisor.command(shell(folder, 'echo "OSError: [Errno 28] No space left on device"; exit 1'))),
  );
  expect(failure.message).toContain('the disk is full');
});

test('a command that does not exist is named', async () => {
  const failure = await supervised((supervisor, folder) =>
    refused(supervisor.command({ ...shell(folder, ''), command: '/no/such/program' })),
  );
  expect(failure.message).toContain('could not be started');
});

test('a killed command is named with its signal', async () => {
  const failure = await supervised((supervisor, folder) => refused(supervisor.command(shell(folder, 'kill -9 $$'))));
  expect(failure.message).toBe('a program ended with signal SIGKILL');
});

test('an engine that dies ends whatever is waited for, and says what was going on', async () => {
  const failure = await supervised(async (supervisor, folder) => {
    const engine = supervisor.engine(shell(folder, 'exec sleep 60', 'the engine'));
    const waiting = refused(supervisor.guard(new Promise(() => undefined)));
    process.kill(engine.group ?? 0, 'SIGKILL');
    return waiting;
  }, 'deploying');
  expect(failure.message).toBe('the engine ended with signal SIGKILL while deploying');
});

test('after a failure nothing new is started', async () => {
  const failure = await supervised(async (supervisor, folder) => {
    supervisor.engine(shell(folder, 'exit 1', 'the engine'));
    await refused(supervisor.guard(new Promise(() => undefined)));
    return refused(supervisor.command(shell(folder, 'true')));
  });
  expect(failure.message).toContain('the engine ended with exit code 1');
});

test('stopping takes the whole group, also what ignores SIGTERM', async () => {
  await withFolder(async (folder) => {
    const supervisor = new Supervisor(() => undefined);
    const file = path.join(folder, 'pid');
    supervisor.engine(shell(folder, `(trap "" TERM; sh -c 'echo $$ > ${file}; exec sleep 60') & wait`));
    await eventually(() => pidOf(file) > 0);
    const pid = pidIn(file);
    expect(alive(pid)).toBe(true);
    await supervisor.stopAll();
    expect(await eventually(() => !alive(pid))).toBe(true);
  });
});

test('what a command leaves behind is ended with it', async () => {
  await supervised(async (supervisor, folder) => {
    const file = path.join(folder, 'pid');
    await supervisor.command(shell(folder, `sleep 60 & echo $! > ${file}`));
    const pid = pidIn(file);
    expect(await eventually(() => !alive(pid))).toBe(true);
  });
});

test('waiting for what never comes ends with what was waited for', async () => {
  const failure = await supervised((supervisor) =>
    refused(supervisor.until('the answer', 0.05, () => Promise.resolve(false), 10)),
  );
  expect(failure.message).toBe('the answer: not within 0.05 s');
});

test('when we are killed, nothing that we started is left', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'pid');
    const script = path.join(folder, 'parent.ts');
    const lib = path.resolve('lib/local');
    writeFileSync(
      script,
      `import { Supervisor } from '${lib}/supervisor';
       new Supervisor(() => undefined).engine({ name: 'x', command: '/bin/sh', args: ['-c', 'echo $$ > ${file}; exec sleep 60'],
         environment: { PATH: '/usr/bin:/bin' }, workingDirectory: '${folder}', logFile: '${folder}/x.log' });
       setInterval(() => undefined, 1000);`,
    );
    const parent = spawn(process.execPath, ['-r', 'tsx/cjs', script], { stdio: 'ignore', cwd: path.resolve('.') });
    expect(await eventually(() => pidOf(file) > 0)).toBe(true);
    const pid = pidIn(file);
    parent.kill('SIGKILL');
    expect(await eventually(() => !alive(pid))).toBe(true);
  });
});

function pidOf(file: string): number {
  try {
    return pidIn(file);
  } catch {
    return 0;
  }
}
