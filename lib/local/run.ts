import path from 'node:path';
import { loadConfig } from '../config/load';
import type { PlatformConfig } from '../config/schema';
import { platformContract } from '../contract';
import { AwsSession } from './aws-session';
import { commandsToTry } from './commands-to-try';
import { deployedResources, deploymentReport, readJournal } from './deployment-report';
import { asFailure, EXIT_CODES, LocalFailure } from './failure';
import { Layout } from './layout';
import { HELP, type LocalOptions, parseOptions } from './options';
import { LocalPlatform } from './platform';
import * as needs from './preflight';
import { Progress } from './progress';
import { RunLock } from './run-lock';
import { Scenario } from './scenario';
import { relaxations, STAND_INS } from './stand-ins';
import { type LocalSummary, summaryText } from './summary';
import { Supervisor } from './supervisor';

/** What a run gets of the process that it is in. */
export interface Host {
  readonly args: readonly string[];
  /** Environment of the user. */
  readonly environment: Readonly<Record<string, string>>;
  /** Root of the repository. */
  readonly root: string;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Registers what to do when the user wants the run to end. */
  readonly onInterrupt: (stop: (signal: string) => void) => void;
}

/** Runs the platform on this machine and answers the exit code. */
export async function runLocal(host: Host): Promise<number> {
  let options: LocalOptions | undefined;
  try {
    options = parseOptions(host.args);
    if (options.help) {
      host.out(HELP);
      return 0;
    }
    return await new LocalRun(host, options).run();
  } catch (error) {
    const failure = asFailure(error);
    host.error(failure.toText());
    if (options?.json) host.out(JSON.stringify(failureObject(failure), null, 2));
    return EXIT_CODES[failure.kind];
  }
}

/** Size of the environments, and room for what a run writes. */
const DISK_GIB = { first: 4, later: 1 };

class LocalRun {
  readonly #host: Host;
  readonly #options: LocalOptions;
  readonly #layout: Layout;
  readonly #progress: Progress;

  constructor(host: Host, options: LocalOptions) {
    this.#host = host;
    this.#options = options;
    this.#layout = new Layout(host.root, options.state);
    this.#progress = new Progress(options.json ? host.error : host.out);
  }

  public async run(): Promise<number> {
    const { port } = this.#options;
    const python = needs.findPython(this.#host.environment);
    await needs.preflight(this.#disk());
    const lock = await RunLock.take(this.#layout.at('run.sock'), `AWS on port ${port}, process ${process.pid}`);
    try {
      await this.#progress.step('preflight', () => needs.preflight(this.#needs(python)));
      this.#layout.prepare();
      return await this.#supervised(python ?? '');
    } finally {
      lock.release();
    }
  }

  async #supervised(python: string): Promise<number> {
    const supervisor = new Supervisor(() => this.#progress.activity);
    this.#host.onInterrupt((signal) => {
      supervisor.fail(new LocalFailure(`stopped by ${signal}`, { kind: 'interrupted' }));
    });
    let up = false;
    try {
      const summary = await this.#summary(supervisor, python);
      up = true;
      this.#host.out(this.#options.json ? JSON.stringify(summary, null, 2) : summaryText(summary));
      if (this.#options.once) return 0;
      this.#progress.say(`\nUp after ${summary.seconds.toFixed(0)} s. Ctrl-C stops everything.`);
      await supervisor.guard(new Promise<never>(() => undefined));
      return 0;
    } catch (error) {
      // when an engine died, the work that used it may have failed first: the engine is the cause
      const failure = asFailure(await causeOf(error, supervisor));
      if (failure.kind === 'interrupted' && up) return 0;
      throw failure;
    } finally {
      await supervisor.stopAll();
    }
  }

  async #summary(supervisor: Supervisor, python: string): Promise<LocalSummary> {
    const config = this.#config();
    const { account, region } = config;
    const [layout, options, progress] = [this.#layout, this.#options, this.#progress];
    const userEnvironment = this.#host.environment;
    const platform = new LocalPlatform({
      layout,
      options,
      supervisor,
      progress,
      account,
      region,
      python,
      userEnvironment,
    });
    await platform.start();
    const contract = platformContract(config);
    const scenario = new Scenario({ layout, contract, platform, supervisor, progress, worse: options.worse });
    const [{ outcome, apiHost, people }] = await Promise.all([supervisor.guard(scenario.run()), platform.complete()]);
    const { rows, completed } = readJournal(layout.aws);
    const resources = await supervisor.guard(deployedResources(AwsSession.root(platform.aws).stacks));
    return {
      ok: true,
      seconds: Number(progress.seconds.toFixed(1)),
      emulator: platform.aws.title,
      deployment: deploymentReport(resources, rows, completed),
      simulated: STAND_INS,
      relaxations: relaxations(config),
      model: outcome,
      commands: commandsToTry({ layout, platform, apiHost, people }),
      steps: progress.steps,
    };
  }

  #config(): PlatformConfig {
    return loadConfig(path.resolve(this.#layout.root, this.#options.config));
  }

  #disk(): needs.Requirement[] {
    return [needs.freeDisk(this.#layout.home, this.#layout.ready ? DISK_GIB.later : DISK_GIB.first)];
  }

  #needs(python: string | undefined): needs.Requirement[] {
    const { port } = this.#options;
    const { environment } = this.#host;
    return [
      needs.nodeVersion(20),
      needs.pythonVersion(python),
      needs.program('openssl', 'the emulator makes its certificate with it', environment),
      needs.freePort(port, 'the emulated AWS'),
      needs.freePort(port + 1, 'MLflow'),
      needs.freePort(port + 2, 'the predictor'),
      needs.builtHandlers(this.#layout.root),
      needs.validConfig(() => this.#config()),
    ];
  }
}

/** Gives a failing engine a moment to be noticed. */
async function causeOf(error: unknown, supervisor: Supervisor): Promise<unknown> {
  if (!supervisor.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 250));
  return supervisor.signal.aborted ? supervisor.signal.reason : error;
}

function failureObject(failure: LocalFailure): object {
  const { kind, message, remedy, detail, log } = failure;
  return { ok: false, failure: { kind, cause: message, remedy, detail, log } };
}
