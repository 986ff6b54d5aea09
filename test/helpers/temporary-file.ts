import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs `use` with the path of a file that holds `text` and is gone afterwards. */
export function withFile<T>(name: string, text: string, use: (file: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'groundplane-test-'));
  try {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
