import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configurationReference, configurationSchema } from '../lib/config/reference';

/** Files that are made from the code, by path. */
const GENERATED: Readonly<Record<string, () => string>> = {
  'docs/reference/configuration.md': configurationReference,
  'config/platform.schema.json': () => `${JSON.stringify(configurationSchema(), undefined, 2)}\n`,
};

/** Writes the generated documents; with `--check` only says which are out of date. */
function main(check: boolean): number {
  const stale = Object.entries(GENERATED).filter(
    ([file, make]) => !existsSync(file) || readFileSync(file, 'utf8') !== make(),
  );
  for (const [file, make] of stale) {
    console.log(check ? `${file} is out of date; run 'npm run docs'` : `wrote ${file}`);
    if (check) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, make());
  }
  return check ? stale.length : 0;
}

process.exit(main(process.argv.includes('--check')));
