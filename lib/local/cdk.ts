import type { EmulatedAws } from './emulated-aws';
import { ROOT_KEYS } from './emulated-aws';
import type { ProgramSpec } from './engine';
import type { Layout } from './layout';

/** Properties for `Cdk`. */
export interface CdkProps {
  readonly layout: Layout;
  /** Environment variables that the CLI needs to run: `PATH`, `HOME`, language. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The CDK CLI of this repository. */
export class Cdk {
  readonly #layout: Layout;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(props: CdkProps) {
    this.#layout = props.layout;
    this.#environment = props.environment;
  }

  /** Synthesises `config` with the image lock `images` into the assembly that is deployed. */
  public synth(config: string, images: string): ProgramSpec {
    const args = [
      'synth',
      '--quiet',
      '--output',
      this.#layout.assembly,
      '-c',
      `config=${config}`,
      '-c',
      `images=${images}`,
    ];
    return this.#program('synth', args, {});
  }

  /** Bootstraps the account and region of `aws`. */
  public bootstrap(aws: EmulatedAws): ProgramSpec {
    const place = `aws://${aws.account}/${aws.region}`;
    const program = this.#program('bootstrap', ['bootstrap', place], aws.environment(ROOT_KEYS));
    return { ...program, workingDirectory: this.#layout.at('home') }; // no app there: nothing is synthesised for it
  }

  /** Deploys the stacks of the assembly that match `pattern`, without those that they would pull in. */
  public deploy(aws: EmulatedAws, pattern = '**'): ProgramSpec {
    const how = ['--method', 'direct', '--concurrency', '4', '--require-approval', 'never', '--progress', 'events'];
    const args = ['deploy', pattern, '--exclusively', '--app', this.#layout.assembly, ...how];
    return this.#program('deploy', args, aws.environment(ROOT_KEYS));
  }

  #program(name: string, args: readonly string[], more: Readonly<Record<string, string>>): ProgramSpec {
    return {
      name: `cdk ${name}`,
      command: process.execPath,
      args: [this.#layout.source('node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, '--no-notices', '--no-color'],
      environment: {
        ...this.#environment,
        ...more,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CI: 'true',
        NODE_NO_WARNINGS: '1',
        HOME: this.#layout.at('home'),
        TMPDIR: this.#layout.at('cache'),
      },
      workingDirectory: this.#layout.root,
      logFile: this.#layout.log(`cdk-${name}`),
    };
  }
}
