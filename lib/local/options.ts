import { parseArgs } from 'node:util';
import { LocalFailure } from './failure';

/** What the command line asks for. */
export interface LocalOptions {
  /** Ends after the checks instead of staying up. */
  readonly once: boolean;
  /** One JSON object at the end, progress on the error stream. */
  readonly json: boolean;
  /** Prints the help and ends. */
  readonly help: boolean;
  /** Submits a model that is worse, which the gate must refuse. */
  readonly worse: boolean;
  /** First of three ports: AWS, MLflow, predictor. */
  readonly port: number;
  /** Configuration file. */
  readonly config: string;
  /** Folder of the state. */
  readonly state: string;
}

const FLAGS = {
  once: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  worse: { type: 'boolean', default: false },
  port: { type: 'string', default: '4566' },
  config: { type: 'string', default: 'config/local.yaml' },
  state: { type: 'string', default: '.local' },
} as const;

/**
 * Reads the command line.
 *
 * @throws LocalFailure of kind `usage`
 */
export function parseOptions(args: readonly string[]): LocalOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1_024 || port > 65_533) {
      throw new TypeError(`--port must be a whole number from 1024 to 65533, got '${values.port}'`);
    }
    return { ...values, port };
  } catch (error) {
    throw new LocalFailure((error as Error).message, { kind: 'usage', remedy: 'npm run local -- --help' });
  }
}

/** Text of `--help`. */
export const HELP = `npm run local -- [flags]

The whole platform on this machine, without an AWS account, Docker or a cluster: every stack of config/local.yaml is
deployed with the CDK CLI to an emulated AWS, then a real model lives its life on real data: train, evaluate, gate,
approve, register, serve.

  --once          end after the checks, instead of staying up until Ctrl-C
  --worse         train a worse model in the same way; the gate must refuse it
  --json          print one JSON object at the end; progress goes to the error stream
  --port <n>      first of three ports on 127.0.0.1: AWS, MLflow, predictor (default 4566)
  --config <file> configuration (default config/local.yaml)
  --state <dir>   folder of everything that is written (default .local; may be deleted as a whole)
  --help          this text

What it is not: the emulator is no AWS. What it only records, what it ignores and what stands in for something else is
counted and listed at the end. Kubernetes objects and Helm releases are recorded, not applied: there is no cluster here.

Exit codes: 0 all as promised (also after Ctrl-C once it was up), 1 a step, check or engine failed, 2 wrong flags,
3 the machine or the configuration is not ready, 4 another run is up, 130 interrupted before it was up.
`;
