import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** CPU milliseconds, user and system, of one command and its children. */
function cpuMilliseconds(args: readonly string[], env: Record<string, string>): number {
  const script = `
    const { spawnSync } = require('node:child_process');
    const done = spawnSync(process.execPath, ${JSON.stringify(args)}, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (done.status !== 0) process.exit(done.status ?? 1);
    const t = require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    process.stdout.write(String((Number(t[13]) + Number(t[14])) * 10));`;
  const run = spawnSync(process.execPath, ['-e', script], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (run.status !== 0) throw new Error(`the command failed: node ${args.join(' ')}`);
  return Number(run.stdout);
}

/** Resources in every template below `folder`. */
function resourcesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { Resources?: object })
    .reduce((sum, template) => sum + Object.keys(template.Resources ?? {}).length, 0);
}

/** Synthesises `config` several times with template validation off; prints CPU per resource. */
function main(): void {
  const runs = 5;
  const out = path.resolve(`temp/bench-${process.pid}`);
  for (const config of process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['config/crawl.yaml']) {
    const context = JSON.stringify({
      ...(JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: object }).context,
      config,
      '@aws-cdk/core:validateAgainstDefaultRules': false,
    });
    const env = { CDK_CONTEXT_JSON: context, CDK_OUTDIR: out, CDK_VALIDATION: 'false' };
    const samples = Array.from({ length: runs }, () => {
      rmSync(out, { recursive: true, force: true });
      return cpuMilliseconds(['-r', 'tsx/cjs', 'bin/groundplane.ts'], env);
    }).toSorted((a, b) => a - b);
    const resources = resourcesIn(out);
    const median = samples[Math.floor(runs / 2)]!;
    console.log(
      `${config}: ${resources} resources, ${median} ms CPU (median of ${runs}: ${samples.join(', ')}), ${(median / resources).toFixed(2)} ms per resource`,
    );
  }
  rmSync(out, { recursive: true, force: true });
}

main();
