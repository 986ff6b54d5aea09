import { mkdirSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { z } from 'zod';
import type { ProgramSpec } from './engine';
import type { Layout } from './layout';
import { answersOk } from './mlflow';

/** Properties for `Predictor`. */
export interface PredictorProps {
  readonly layout: Layout;
  readonly port: number;
}

/** What the predictor is told to serve. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  /** Address of the artefact. */
  readonly uri: string;
  /** Digest that the artefact must have. */
  readonly digest: string;
  readonly dataset: { readonly name: string; readonly version: string; readonly digest: string };
}

const answerSchema = z.object({
  species: z.string(),
  confidence: z.number(),
  model: z.string(),
  version: z.string(),
  digest: z.string(),
});

/** One answer of `/predict`. */
export type PredictorAnswer = z.output<typeof answerSchema>;

/** The predictor container's own program, as a process on the loopback address. */
export class Predictor {
  readonly #layout: Layout;
  readonly #port: number;
  readonly #connections = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(props: PredictorProps) {
    this.#layout = props.layout;
    this.#port = props.port;
  }

  /** Its address. */
  public get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The predictor of `model` as a program; `aws` is the environment of the identity that reads the artefact. */
  public program(python: string, path: string, model: ServedModel, aws: Readonly<Record<string, string>>): ProgramSpec {
    const cache = this.#layout.at('predictor');
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    return {
      name: 'the predictor',
      command: python,
      args: ['-m', 'predictor'],
      environment: {
        ...aws,
        PATH: path,
        LANG: 'C.UTF-8',
        TMPDIR: this.#layout.at('tmp'),
        PYTHONPATH: this.#layout.source('constructs', 'inference', 'predictor'),
        PYTHONPYCACHEPREFIX: this.#layout.at('pycache'),
        MODEL_NAME: model.name,
        MODEL_VERSION: model.version,
        MODEL_URI: model.uri,
        MODEL_DIGEST: model.digest,
        MODEL_CACHE: cache,
        DATASET_NAME: model.dataset.name,
        DATASET_VERSION: model.dataset.version,
        DATASET_DIGEST: model.dataset.digest,
        HOST: '127.0.0.1',
        PORT: String(this.#port),
        DRAIN_SECONDS: '0',
        SHUTDOWN_SECONDS: '2',
      },
      workingDirectory: this.#layout.home,
      logFile: this.#layout.log('predictor'),
    };
  }

  /** Whether it is ready to answer. */
  public ready(): Promise<boolean> {
    return answersOk(`${this.url}/v2/health/ready`);
  }

  /** Posts one flower and answers what came back. */
  public async predict(flower: Readonly<Record<string, number>>): Promise<PredictorAnswer> {
    return answerSchema.parse(JSON.parse(await this.#post('/predict', JSON.stringify(flower))));
  }

  #post(path: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const call = request(`${this.url}${path}`, { method: 'POST', agent: this.#connections, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`POST ${path} answered ${response.statusCode}: ${text.slice(0, 200)}`));
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }
}
