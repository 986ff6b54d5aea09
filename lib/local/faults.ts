import { createServer } from 'node:net';
import { verifyEitherOrder } from './either-order';
import { type ObservedEnd, ObservedRun } from './observed-run';

/** What the checks are made with. */
export interface FaultHost {
  /** Root of the repository. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly say: (text: string) => void;
  /** First of the three ports that the runs use. */
  readonly port: number;
}

/** Seconds within which a run ends after one of its engines was killed. */
const END_SECONDS = 10;

/** What a run must look like at its end. */
interface ExpectedEnd {
  readonly code: number | null;
  readonly says: RegExp;
}

/** Something that goes wrong, and what must come of it. */
interface Fault {
  readonly name: string;
  readonly check: (runs: FaultRuns) => Promise<void>;
}

const FAULTS: readonly Fault[] = [
  killing('cdk synth', /aws-cdk\/bin\/cdk synth/, undefined, /cdk synth ended with signal SIGKILL/),
  killing('the emulated AWS', /local_aws serve/, /bootstrapped/, /the emulated AWS ended with signal SIGKILL/),
  killing('cdk deploy', /aws-cdk\/bin\/cdk deploy/, /synthesised/, /cdk deploy ended with signal SIGKILL/),
  killing('MLflow', /-m mlflow server/, /stored the dataset/, /MLflow ended with signal SIGKILL/),
  killing(
    'the training container',
    /-m training/,
    /stored the dataset/,
    /training container of .* failed \(killed by SIGKILL\)/,
  ),
  { name: 'stopped by a signal while it starts', check: stoppedEarly },
  { name: 'killed itself while it deploys', check: killedItself },
  { name: 'a wrong configuration', check: wrongConfiguration },
  { name: 'no Python', check: noPython },
  { name: 'up: a port in use, a second run, the predictor killed', check: whileUp },
  { name: 'a worse model', check: worseModel },
  { name: 'the planes are deployed in either order', check: ({ host }) => verifyEitherOrder(host) },
  { name: 'after all that, a run works and can be read by a machine', check: worksAgain },
];

/** Does every check, one after the other, and answers how many passed. */
export async function verifyFaults(host: FaultHost): Promise<{ passed: number; failed: number }> {
  const count = { passed: 0, failed: 0 };
  for (const { name, check } of FAULTS) {
    const began = performance.now();
    const runs = new FaultRuns(host);
    try {
      await check(runs);
      count.passed += 1;
      host.say(`passed  ${name} (${((performance.now() - began) / 1_000).toFixed(0)} s)`);
    } catch (error) {
      count.failed += 1;
      host.say(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await runs.abandon();
    }
  }
  return count;
}

/** Runs of one check. */
class FaultRuns {
  public readonly host: FaultHost;
  readonly #runs: ObservedRun[] = [];

  constructor(host: FaultHost) {
    this.host = host;
  }

  /** Starts a run. */
  public start(args: readonly string[], environment = this.host.environment): ObservedRun {
    const command = [process.execPath, '-r', 'tsx/cjs', 'bin/local.ts', '--port', String(this.host.port), ...args];
    const run = new ObservedRun(command, this.host.root, environment);
    this.#runs.push(run);
    return run;
  }

  /** The end of `run`: in time, as expected, with nothing left. */
  public async ends(run: ObservedRun, expected: ExpectedEnd, seconds: number = END_SECONDS): Promise<ObservedEnd> {
    const end = await run.end(seconds);
    const tail = end.output.split('\n').slice(-20).join('\n');
    if (end.code !== expected.code) throw new Error(`exit code ${end.code}, expected ${expected.code}\n${tail}`);
    if (!expected.says.test(end.output)) throw new Error(`it does not say ${expected.says}\n${tail}`);
    const left = await run.leftovers();
    if (left.length > 0) throw new Error(`left behind: ${left.join('; ')}`);
    return end;
  }

  public async abandon(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.abandon()));
  }
}

function killing(name: string, child: RegExp, after: RegExp | undefined, says: RegExp): Fault {
  return {
    name: `${name} killed`,
    check: async (runs) => {
      const run = runs.start(['--once']);
      if (after) await run.printed(after);
      const pid = await run.child(child);
      process.kill(pid, 'SIGKILL');
      await runs.ends(run, { code: 1, says });
    },
  };
}

async function stoppedEarly(runs: FaultRuns): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const run = runs.start(['--once']);
    await run.child(/local_aws serve/);
    run.signal(signal);
    await runs.ends(run, { code: 130, says: new RegExp(`stopped by ${signal}`) });
  }
}

async function killedItself(runs: FaultRuns): Promise<void> {
  const run = runs.start(['--once']);
  await run.child(/aws-cdk\/bin\/cdk deploy/);
  run.signal('SIGKILL');
  await runs.ends(run, { code: null, says: /bootstrapped/ });
}

async function wrongConfiguration(runs: FaultRuns): Promise<void> {
  const run = runs.start(['--once', '--config', 'no-such-file.yaml']);
  await runs.ends(run, { code: 3, says: /no-such-file\.yaml.*\n?.*there is no such file/ });
}

async function noPython(runs: FaultRuns): Promise<void> {
  const run = runs.start(['--once'], { ...runs.host.environment, PATH: '/nowhere' });
  await runs.ends(run, { code: 3, says: /Python 3\.11, 3\.12 or 3\.13 with venv: none of/ });
}

async function whileUp(runs: FaultRuns): Promise<void> {
  const run = runs.start([]);
  await run.printed(/Up after/);
  await runs.ends(runs.start(['--once']), { code: 4, says: /another run is up in .local/ });
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  const other = runs.start(['--once', '--state', '.local/other', '--port', String(Math.min(port, 65_533))]);
  await runs.ends(other, { code: 3, says: new RegExp(`127\\.0\\.0\\.1:${port} is in use`) });
  server.close();
  process.kill(await run.child(/-m predictor/), 'SIGKILL');
  await runs.ends(run, { code: 1, says: /the predictor ended with signal SIGKILL/ });
}

async function worseModel(runs: FaultRuns): Promise<void> {
  const run = runs.start(['--once', '--worse']);
  const { output } = await runs.ends(run, { code: 0, says: /refused by the gate/ }, 240);
  if (!/accuracy is 0\.\d+, must be at least 0\.93/.test(output)) throw new Error('the gate does not say why');
}

async function worksAgain(runs: FaultRuns): Promise<void> {
  const run = runs.start(['--once', '--json']);
  const { output } = await runs.ends(run, { code: 0, says: /"ok": true/ }, 240);
  if (!/"decision": "registered"/.test(output)) throw new Error('no version was registered');
}
