import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Text of a file below `assets/`, both in this repository and in the published package (`dist/`). */
export function packagedFile(name: string): string {
  const candidates = ['../../..', '../../../..'].map((up) => path.join(__dirname, up, 'assets', name));
  const found = candidates.find((file) => existsSync(file));
  if (!found) throw new Error(`'assets/${name}' is missing from the package; install it again`);
  return readFileSync(found, 'utf8');
}
