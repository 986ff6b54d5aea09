import { spawnSync } from 'node:child_process';
import { docSnippets } from './doc-snippets';
import { writeReport } from './write-report';

/** One static check: its name and the command that decides it. */
interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const CHECKS: readonly Check[] = [
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'lint and import direction', command: 'oxlint', args: ['--deny-warnings', '.'] },
  { name: 'format', command: 'biome', args: ['check', '--linter-enabled=false', '.'] },
  { name: 'documented code compiles', command: 'tsc', args: ['-p', 'temp/snippets/tsconfig.json'] },
  { name: 'generated documents are current', command: 'tsx', args: ['scripts/generate-docs.ts', '--check'] },
];

/** Runs every check, whatever the ones before it said; the exit code is the number of failures. */
function main(): number {
  console.log(`${docSnippets('temp/snippets')} TypeScript blocks found in the documents`);
  const failed = CHECKS.filter(({ name, command, args }) => {
    const run = spawnSync(`node_modules/.bin/${command}`, args, { encoding: 'utf8' });
    const ok = run.status === 0;
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
    if (!ok) console.log(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}`.trim());
    return !ok;
  });
  console.log(`checks: ${CHECKS.length - failed.length} passed, ${failed.length} failed`);
  writeReport('check', CHECKS.length - failed.length, failed.length);
  return failed.length;
}

process.exit(main());
