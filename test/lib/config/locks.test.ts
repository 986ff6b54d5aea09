import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadImageLock, loadReleaseLock } from '../../../lib/config/locks';
import { withFile } from '../../helpers/temporary-file';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

describe('image lock', () => {
  test('without a file nothing is locked', () => {
    expect(loadImageLock('config/none.lock.yaml')).toEqual({ images: {} });
  });

  test('holds a digest per image', () => {
    const lock = withFile('images.yaml', `images:\n  predictor: ${digest('a')}\n`, loadImageLock);
    expect(lock.images).toEqual({ predictor: digest('a') });
  });

  test('refuses a tag', () => {
    expect(() => withFile('images.yaml', 'images:\n  predictor: latest\n', loadImageLock)).toThrow(
      /'images\.predictor': use 'sha256:' and 64 lower-case hex digits \(given: "latest"\)/,
    );
  });
});

describe('release lock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'releases-'));
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('without a file nothing is live', () => {
    expect(loadReleaseLock(folder, 'main')).toEqual({ cell: 'main', models: {} });
  });

  test('holds version, digests, approvals', () => {
    const released = {
      version: '1.0.0',
      artifactDigest: digest('a'),
      dataset: 'iris@1.0.0',
      evidenceDigest: digest('b'),
      approvedBy: ['reviewer'],
      execution: 'run-1',
    };
    writeFileSync(path.join(folder, 'main.lock.yaml'), JSON.stringify({ cell: 'main', models: { iris: released } }));
    expect(loadReleaseLock(folder, 'main').models).toEqual({ iris: released });
  });

  test('refuses a release that nobody approved', () => {
    const released = {
      version: '1.0.0',
      artifactDigest: digest('a'),
      dataset: 'iris@1.0.0',
      evidenceDigest: digest('b'),
      approvedBy: [],
      execution: 'x',
    };
    writeFileSync(path.join(folder, 'main.lock.yaml'), JSON.stringify({ cell: 'main', models: { iris: released } }));
    expect(() => loadReleaseLock(folder, 'main')).toThrow(/models\.iris\.approvedBy/);
  });
});
