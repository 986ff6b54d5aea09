import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { AwsSession } from './aws-session';
import { Cdk } from './cdk';
import { EmulatedAws } from './emulated-aws';
import { LocalFailure } from './failure';
import { writeImageLock } from './image-lock';
import type { Layout } from './layout';
import { Mlflow } from './mlflow';
import type { LocalOptions } from './options';
import { Predictor } from './predictor';
import type { Progress } from './progress';
import { PythonEnvironment } from './python-environment';
import type { Supervisor } from './supervisor';

/** Properties for `LocalPlatform`. */
export interface LocalPlatformProps {
  readonly layout: Layout;
  readonly options: LocalOptions;
  readonly supervisor: Supervisor;
  readonly progress: Progress;
  /** Account and region of the configuration. */
  readonly account: string;
  readonly region: string;
  /** Interpreter that virtual environments are made with. */
  readonly python: string;
  /** Environment of the user: for pip, which may need a proxy or an index of its own. */
  readonly userEnvironment: Readonly<Record<string, string>>;
}

/** The engines of a run and the steps that bring them up. */
export class LocalPlatform {
  public readonly aws: EmulatedAws;
  public readonly mlflow: Mlflow;
  public readonly predictor: Predictor;
  /** Environment of the training and evaluation container. */
  public readonly trainingEnvironment: PythonEnvironment;
  /** Environment of the predictor container. */
  public readonly predictorEnvironment: PythonEnvironment;
  /** `PATH` of every program that is started. */
  public readonly path: string;
  readonly #props: LocalPlatformProps;
  readonly #awsEnvironment: PythonEnvironment;
  readonly #mlflowEnvironment: PythonEnvironment;
  readonly #cdk: Cdk;

  constructor(props: LocalPlatformProps) {
    const { layout, options, account, region, userEnvironment } = props;
    this.#props = props;
    this.path = userEnvironment['PATH'] ?? '/usr/bin:/bin';
    this.aws = new EmulatedAws({ layout, account, region, port: options.port });
    this.mlflow = new Mlflow({ layout, port: options.port + 1 });
    this.predictor = new Predictor({ layout, port: options.port + 2 });
    this.#cdk = new Cdk({ layout, environment: { PATH: this.path, LANG: 'C.UTF-8' } });
    const environment = (name: string, lock: string) => new PythonEnvironment(layout, { name, lock });
    this.#awsEnvironment = environment('aws', 'engines/aws/requirements.txt');
    this.#mlflowEnvironment = environment('mlflow', 'engines/mlflow/requirements.txt');
    this.trainingEnvironment = environment('training', 'examples/iris/requirements.txt');
    this.predictorEnvironment = environment('predictor', 'constructs/inference/predictor/requirements.txt');
  }

  /** Brings up the emulated AWS with every stack deployed, and MLflow, with as much as possible at the same time. */
  public async start(): Promise<void> {
    const { progress, supervisor, options } = this.#props;
    const installs = [this.trainingEnvironment, this.predictorEnvironment].map((one) => this.#install(one));
    const synth = progress.step('synthesised; template rules passed', () =>
      supervisor.command(this.#cdk.synth(options.config, writeImageLock(this.#props.layout))),
    );
    const deployed = Promise.all([synth, this.#startAws()]).then(() =>
      progress.step('deployed every stack to the emulator', () => supervisor.command(this.#cdk.deploy(this.aws))),
    );
    await Promise.all([deployed, this.#startMlflow(), ...installs]);
  }

  /** Brings up the emulated AWS alone and deploys the stages of the last synthesised assembly one after the other. */
  public async deployInOrder(patterns: readonly string[]): Promise<void> {
    await this.#startAws();
    for (const pattern of patterns) await this.#props.supervisor.command(this.#cdk.deploy(this.aws, pattern));
  }

  /** Calls the emulator's API for what its CloudFormation lacks. */
  public async complete(): Promise<void> {
    await this.#props.supervisor.command(this.aws.completion(this.#awsEnvironment.python, this.path));
  }

  /** Outputs of the stack `name`. */
  public async outputs(name: string): Promise<Readonly<Record<string, string>>> {
    const { Stacks: stacks } = await AwsSession.root(this.aws).stacks.send(
      new DescribeStacksCommand({ StackName: name }),
    );
    const outputs = stacks?.[0]?.Outputs;
    if (!outputs) throw new LocalFailure(`the stack ${name} has no outputs`);
    return Object.fromEntries(outputs.map(({ OutputKey: key, OutputValue: value }) => [key ?? '', value ?? '']));
  }

  async #startAws(): Promise<void> {
    const { progress, supervisor } = this.#props;
    await this.#install(this.#awsEnvironment);
    await progress.step(`${this.aws.title} on ${this.aws.url}, identity policies and TLS on`, async () => {
      supervisor.engine(this.aws.program(this.#awsEnvironment.python, this.path));
      await supervisor.until('the emulated AWS', 60, () => this.aws.ready());
    });
    await progress.step('bootstrapped the emulated account', () => supervisor.command(this.#cdk.bootstrap(this.aws)));
  }

  async #startMlflow(): Promise<void> {
    const { progress, supervisor } = this.#props;
    await this.#install(this.#mlflowEnvironment);
    await progress.step(`${this.mlflow.title} on ${this.mlflow.url}, telemetry off`, async () => {
      supervisor.engine(this.mlflow.program(this.#mlflowEnvironment.python, this.path));
      await supervisor.until('MLflow', 120, () => this.mlflow.ready());
    });
  }

  async #install(environment: PythonEnvironment): Promise<void> {
    const { python, userEnvironment, supervisor, progress } = this.#props;
    if (environment.installed(python)) return;
    await progress.step(`installed the Python environment ${environment.name}, by hash`, () =>
      environment.install(python, userEnvironment, supervisor),
    );
  }
}
