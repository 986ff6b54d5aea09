// Bundles every `handler.ts` below constructs/ to assets/handlers/<folders joined by '-'>/index.js, so that synth
// needs no compiler. Deterministic: same sources, same bytes. The AWS SDK comes with the Lambda runtime.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const out = path.join(root, 'assets/handlers');
const entries = findHandlers();
mkdirSync(out, { recursive: true });
// What is there is replaced file by file, so that a process that reads the bundles meanwhile finds each of them.
const names = new Set(entries.map(bundleName));
for (const stale of readdirSync(out).filter((name) => !names.has(name))) {
  rmSync(path.join(out, stale), { recursive: true });
}
for (const entry of entries) {
  buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(out, bundleName(entry), 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    charset: 'utf8',
    legalComments: 'none',
    external: ['@aws-sdk/*', '@smithy/*'],
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  });
}
console.log(`bundled ${entries.length} handlers`);

function bundleName(entry) {
  return path
    .dirname(path.relative(path.join(root, 'constructs'), entry))
    .split(path.sep)
    .join('-');
}

function findHandlers() {
  return readdirSync(path.join(root, 'constructs'), { recursive: true })
    .filter((file) => path.basename(file) === 'handler.ts')
    .map((file) => path.join(root, 'constructs', file))
    .toSorted();
}
