import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const sources = ['constructs', 'lib']
  .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => path.join(root, file)))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** Codes as `Problem` objects and the helpers of `core/validate` carry them. */
const inCode = new Set(
  [
    ...sources.matchAll(/\bcode: '([A-Z][A-Za-z]+)'/g),
    ...sources.matchAll(/\bwhen\(\s*[^;]*?'([A-Z][A-Za-z]+)',/g),
  ].map((match) => match[1]!),
);
const page = readFileSync('docs/reference/errors.md', 'utf8');
const inPage = [...page.matchAll(/^\| `([A-Za-z]+)` \|/gm)].map((match) => match[1]!);

describe('docs/reference/errors.md', () => {
  test('lists every code that the code throws', () => {
    expect(inCode.size).toBeGreaterThan(10);
    expect([...inCode].filter((code) => !inPage.includes(code))).toEqual([]);
  });

  test('lists no code that nothing throws', () => {
    expect(inPage.filter((code) => !inCode.has(code))).toEqual([]);
  });

  test('is sorted and repeats nothing', () => {
    expect(inPage).toEqual([...new Set(inPage)].toSorted());
  });
});
