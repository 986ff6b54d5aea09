import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { ProgramSpec } from './engine';
import type { Layout } from './layout';

/** Properties for `EmulatedAws`. */
export interface EmulatedAwsProps {
  readonly layout: Layout;
  readonly port: number;
  readonly account: string;
  readonly region: string;
}

/** Access key of an identity. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Keys of the emulator's root user, whom no identity policy binds: for the deployment only. */
export const ROOT_KEYS: AwsKeys = { accessKeyId: 'test', secretAccessKey: 'test' };

/** MiniStack on the loopback address, with identity policies and TLS on. */
export class EmulatedAws {
  /** What is shown to people. */
  public readonly title = 'MiniStack 1.5.33';
  public readonly account: string;
  public readonly region: string;
  public readonly port: number;
  readonly #layout: Layout;

  constructor(props: EmulatedAwsProps) {
    this.#layout = props.layout;
    this.port = props.port;
    this.account = props.account;
    this.region = props.region;
  }

  /** Address of every service. */
  public get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** File with the certificate that it made for itself. */
  public get certificate(): string {
    return this.#layout.at('aws', 'tmp', 'ministack-tls', 'server.crt');
  }

  /** The emulator as a program. */
  public program(python: string, path: string): ProgramSpec {
    const own = ['--assembly', this.#layout.assembly, '--node-path', this.#layout.source('node_modules')];
    return this.#module('the emulated AWS', 'aws', python, path, ['serve', ...this.#arguments, ...own]);
  }

  /** The calls that complete a deployment, as a program. */
  public completion(python: string, path: string): ProgramSpec {
    return this.#module('the completion of the deployment', 'aws-complete', python, path, [
      'complete',
      ...this.#arguments,
    ]);
  }

  /** Whether it answers. */
  public ready(): Promise<boolean> {
    if (!existsSync(this.certificate)) return Promise.resolve(false);
    return new Promise((resolve) => {
      const call = request(`${this.url}/_ministack/ready`, { ca: readFileSync(this.certificate), timeout: 2_000 });
      call.on('response', (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      call.on('timeout', () => call.destroy());
      call.on('error', () => resolve(false));
      call.end();
    });
  }

  /** Environment variables for a program that talks to it as `keys`. */
  public environment(keys: AwsKeys): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      ...(keys.sessionToken && { AWS_SESSION_TOKEN: keys.sessionToken }),
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_CA_BUNDLE: this.certificate,
      NODE_EXTRA_CA_CERTS: this.certificate,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '2',
    };
  }

  get #arguments(): string[] {
    const place = ['--account', this.account, '--region', this.region];
    return ['--home', this.#layout.aws, '--port', String(this.port), ...place];
  }

  #module(name: string, log: string, python: string, path: string, args: readonly string[]): ProgramSpec {
    return {
      name,
      command: python,
      args: ['-m', 'local_aws', ...args],
      environment: {
        PATH: path,
        LANG: 'C.UTF-8',
        PYTHONPATH: this.#layout.source('engines', 'aws'),
        PYTHONPYCACHEPREFIX: this.#layout.at('pycache'),
        PYTHONUNBUFFERED: '1',
      },
      workingDirectory: this.#layout.home,
      logFile: this.#layout.log(log),
    };
  }
}
