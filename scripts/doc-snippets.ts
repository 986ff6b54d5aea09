import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { marked, type Tokens } from 'marked';

const ROOTS = ['README.md', 'docs', 'constructs', 'lib', 'examples'];

/**
 * Writes every TypeScript block of the documents to a file of its own below `folder`, with a tsconfig that compiles them.
 *
 * A block stands alone: what it uses, it imports or declares. Returns how many blocks there are.
 */
export function docSnippets(folder: string): number {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const blocks = ROOTS.flatMap(markdownFiles).flatMap((file) =>
    typescriptBlocks(file).map((text, index) => ({ file, text, index })),
  );
  for (const { file, text, index } of blocks) {
    const name = `${file.replaceAll(/[^a-zA-Z0-9]+/g, '-')}-${index + 1}.ts`;
    writeFileSync(path.join(folder, name), `// ${file}, block ${index + 1}\n${text}\nexport {};\n`);
  }
  writeFileSync(path.join(folder, 'none.ts'), 'export {};\n');
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(compilerOptions(folder), undefined, 2));
  return blocks.length;
}

function compilerOptions(folder: string): object {
  const up = path.relative(folder, '.').split(path.sep).join('/');
  return {
    extends: `${up}/tsconfig.json`,
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: { groundplane: [`./${up}/constructs/index.ts`], 'groundplane/testing': [`./${up}/lib/testing/index.ts`] },
    },
    include: ['*.ts'],
  };
}

function markdownFiles(root: string): string[] {
  if (root.endsWith('.md')) return [root];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => path.join(root, file))
    .toSorted();
}

function typescriptBlocks(file: string): string[] {
  const blocks: string[] = [];
  marked.walkTokens(marked.lexer(readFileSync(file, 'utf8')), (token) => {
    const code = token as Tokens.Code;
    if (token.type === 'code' && /^(ts|typescript)$/.test(code.lang ?? '')) blocks.push(code.text);
  });
  return blocks;
}
