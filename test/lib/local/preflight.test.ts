import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { ConfigError } from '../../../lib/config/problem';
import type { LocalFailure } from '../../../lib/local/failure';
import * as needs from '../../../lib/local/preflight';
import { withFolder } from './helpers';

const met: needs.Requirement = { name: 'fine', check: () => undefined };

test('what is met says nothing', async () => {
  await expect(needs.preflight([met])).resolves.toBeUndefined();
});

test('every shortcoming is listed at once, with cause and remedy', async () => {
  const failure = await needs.preflight([needs.nodeVersion(20, '18.19.0'), met, needs.pythonVersion(undefined)]).then(
    () => undefined,
    (error: LocalFailure) => error,
  );
  expect(failure?.kind).toBe('preflight');
  const text = failure?.toText() ?? '';
  expect(text).toContain('Node.js 20 or newer: this is 18.19.0');
  expect(text).toContain('python3-venv');
});

test.each([
  ['18.20.0', true],
  ['20.0.0', false],
  ['24.1.0', false],
])('Node.js %s is refused: %s', async (version, refused) => {
  expect(Boolean(await needs.nodeVersion(20, version).check())).toBe(refused);
});

test('without Python on the PATH none is found', () => {
  expect(needs.findPython({ PATH: '/nowhere' })).toBeUndefined();
});

test('an interpreter that is too old is passed over', async () => {
  await withFolder(async (folder) => {
    writeFileSync(`${folder}/python3`, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(needs.findPython({ PATH: folder })).toBeUndefined();
  });
});

test('a program that is missing is named with its use', async () => {
  const found = await needs.program('openssl', 'for the certificate', { PATH: '/nowhere' }).check();
  expect(found?.remedy).toContain('for the certificate');
});

test('a port in use is named', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  try {
    const found = await needs.freePort(port, 'MLflow').check();
    expect(found?.cause).toBe(`127.0.0.1:${port} is in use`);
    expect(found?.remedy).toContain('--port');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  expect(await needs.freePort(port, 'MLflow').check()).toBeUndefined();
});

test('too little disk is named with what is free', async () => {
  await withFolder(async (folder) => {
    expect((await needs.freeDisk(folder, 1e9).check())?.cause).toMatch(/only [\d.]+ GiB are free/);
    expect(await needs.freeDisk(folder, 0).check()).toBeUndefined();
  });
});

test('a state folder that cannot be made is named', async () => {
  await withFolder(async (folder) => {
    writeFileSync(`${folder}/file`, '');
    expect((await needs.freeDisk(`${folder}/file/state`, 0).check())?.remedy).toContain('--state');
  });
});

test('a bad configuration shows its problems', async () => {
  const bad = needs.validConfig(() => {
    throw new ConfigError('local.yaml', [{ path: 'zones', text: 'name at least 2 zones', given: '[]' }]);
  });
  expect((await bad.check())?.cause).toContain("'zones': name at least 2 zones");
});

test('missing bundles of handlers say how to build them', async () => {
  await withFolder(async (folder) => {
    expect((await needs.builtHandlers(folder).check())?.remedy).toContain('npm ci');
  });
});
