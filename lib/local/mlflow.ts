import { mkdirSync } from 'node:fs';
import { get } from 'node:http';
import type { ProgramSpec } from './engine';
import type { Layout } from './layout';

/** Properties for `Mlflow`. */
export interface MlflowProps {
  readonly layout: Layout;
  readonly port: number;
}

/** The MLflow tracking server on the loopback address. Its history is kept between runs. */
export class Mlflow {
  /** What is shown to people. */
  public readonly title = 'MLflow 3.17.2';
  readonly #layout: Layout;
  readonly #port: number;

  constructor(props: MlflowProps) {
    this.#layout = props.layout;
    this.#port = props.port;
  }

  /** Its address. */
  public get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The server as a program. */
  public program(python: string, path: string): ProgramSpec {
    const home = this.#layout.at('mlflow');
    mkdirSync(home, { recursive: true });
    const address = ['--host', '127.0.0.1', '--port', String(this.#port), '--workers', '1'];
    const store = [
      '--backend-store-uri',
      `sqlite:///${home}/mlflow.db`,
      '--artifacts-destination',
      `${home}/artifacts`,
    ];
    return {
      name: 'MLflow',
      command: python,
      args: ['-m', 'mlflow', 'server', ...address, ...store],
      environment: {
        PATH: path,
        LANG: 'C.UTF-8',
        HOME: home,
        TMPDIR: this.#layout.at('tmp'),
        DO_NOT_TRACK: 'true',
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', // its job runner would outlive it
        PYTHONPYCACHEPREFIX: this.#layout.at('pycache'),
        PYTHONUNBUFFERED: '1',
      },
      workingDirectory: home,
      logFile: this.#layout.log('mlflow'),
    };
  }

  /** Whether it answers. */
  public ready(): Promise<boolean> {
    return answersOk(`${this.url}/health`);
  }
}

/** Whether a GET of `url` answers 200 within 2 seconds. */
export function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = get(url, { timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
  });
}
