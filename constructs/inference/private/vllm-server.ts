import { Duration, Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import type { Problem } from '../../core/errors';
import { duration, integer, matches, numberBetween, unique, when } from '../../core/validate';
import type { IModelServer, ServedModel, ServerSpec } from '../server-spec';
import { packagedFile } from './packaged-file';
import { vllmQueries } from './queries';

/** Options of `ModelServer.vllm`. */
export interface VllmOptions {
  /**
   * Whole GPUs per pod, 1 to 8. With more than one the model is split over them (tensor parallel).
   */
  readonly gpus: number;

  /**
   * Tokens of prompt and answer together, 256 to 1,048,576. What the product needs, not what the model can: it sizes the key-value
   * cache.
   *
   * @default 8192
   */
  readonly maxModelLength?: number;

  /**
   * Share of the GPU memory that vLLM takes, 0.5 to 0.95. Raise it only after a load test.
   *
   * @default 0.9
   */
  readonly gpuMemoryUtilization?: number;

  /**
   * Requests computed at a time, 1 to 1024.
   *
   * @default 128
   */
  readonly maxSequences?: number;

  /**
   * Tokens computed in one step, 256 to 131,072, at least `maxSequences`. More favours throughput, less an even flow of tokens.
   *
   * @default 8192
   */
  readonly maxBatchedTokens?: number;

  /**
   * Memory per pod, request and limit alike, 4 to 2048 GiB.
   *
   * @default Size.gibibytes(24)
   */
  readonly memory?: Size;

  /**
   * Part of `memory` for the exchange between the processes of vLLM (`/dev/shm`), 1 GiB to half of `memory`.
   *
   * @default Size.gibibytes(2)
   */
  readonly sharedMemory?: Size;

  /**
   * Cores per pod, 1 to 192.
   *
   * @default 4 for each GPU
   */
  readonly cores?: number;

  /**
   * Host names that pictures, sound and video of a request may be fetched from.
   *
   * @default - none
   */
  readonly mediaDomains?: readonly string[];

  /**
   * Longest time until the weights are checked and loaded, 1 minute to 2 hours.
   *
   * @default Duration.minutes(10)
   */
  readonly startupLimit?: Duration;

  /**
   * Time that answers in flight get to finish when a pod is stopped, 5 to 3600 seconds.
   *
   * @default Duration.seconds(105)
   */
  readonly shutdownLimit?: Duration;

  /**
   * Further arguments of `vllm serve`, for example `['--quantization', 'fp8']`. Those that run code of the model, open a control
   * surface or contradict an option are refused.
   *
   * @default - none
   */
  readonly extraArguments?: readonly string[];
}

const PORT = 8000;
const CACHE = '/var/cache/vllm';
const PRE_STOP_SECONDS = 15;
const STARTUP_PERIOD_SECONDS = 10;

/** A name that no resolver knows (RFC 2606): without any allowed domain vLLM would fetch from all of them. */
const NO_DOMAIN = 'none.invalid';

/** Arguments that nobody may set, and why. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  '--trust-remote-code': 'it runs code of the model',
  '--allow-remote-code': 'it runs code of the model',
  '--enable-tokenizer-info-endpoint': 'it opens a control surface',
  '--tool-server': 'it opens a control surface',
  '--profiler-config': 'it opens a control surface',
  '--allowed-local-media-path': 'it lets requests read files of the pod',
  '--middleware': 'it runs code that nobody reviewed',
  '--config': 'it hides arguments from these checks',
  '--model': 'it loads bytes that nobody checked',
  '--tokenizer': 'it loads bytes that nobody checked',
  '--hf-config-path': 'it loads bytes that nobody checked',
  '--lora-modules': 'it loads bytes that nobody checked',
  '--api-key': 'it protects /v1 alone; the gateway authenticates',
  '--allow-credentials': 'browsers have no way to this server',
  '--allowed-origins': 'browsers have no way to this server',
};

/** vLLM with its OpenAI-compatible API. */
export class VllmServer implements IModelServer {
  readonly #options: Required<VllmOptions>;

  constructor(options: VllmOptions) {
    this.#options = {
      gpus: options.gpus,
      maxModelLength: options.maxModelLength ?? 8192,
      gpuMemoryUtilization: options.gpuMemoryUtilization ?? 0.9,
      maxSequences: options.maxSequences ?? 128,
      maxBatchedTokens: options.maxBatchedTokens ?? 8192,
      memory: options.memory ?? Size.gibibytes(24),
      sharedMemory: options.sharedMemory ?? Size.gibibytes(2),
      cores: options.cores ?? 4 * options.gpus,
      mediaDomains: options.mediaDomains ?? [],
      startupLimit: options.startupLimit ?? Duration.minutes(10),
      shutdownLimit: options.shutdownLimit ?? Duration.seconds(105),
      extraArguments: options.extraArguments ?? [],
    };
  }

  public problems(model: ServedModel): Problem[] {
    const { gpus, maxModelLength, gpuMemoryUtilization, maxSequences, maxBatchedTokens, mediaDomains } = this.#options;
    return [
      integer('server.gpus', gpus, 1, 8, 'GPUs'),
      integer('server.maxModelLength', maxModelLength, 256, 1_048_576, 'tokens'),
      numberBetween('server.gpuMemoryUtilization', gpuMemoryUtilization, 0.5, 0.95, 'GPU memory'),
      integer('server.maxSequences', maxSequences, 1, 1024, 'requests'),
      integer('server.maxBatchedTokens', maxBatchedTokens, Math.max(256, maxSequences), 131_072, 'tokens'),
      this.resourceProblems(),
      ...mediaDomains.map((domain, index) =>
        matches(`server.mediaDomains[${index}]`, domain, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name without wildcard'),
      ),
      unique('server.mediaDomains', mediaDomains),
      this.argumentProblems(model),
      matches(
        'artifact.key',
        model.key,
        /.\/[^/]+\.json$/,
        "the manifest in the folder of the weights, such as 'models/llama/1.0.0/manifest.json'",
      ),
    ].flat();
  }

  public spec(model: ServedModel): ServerSpec {
    const { gpus, memory, sharedMemory, cores, startupLimit, shutdownLimit } = this.#options;
    const health = { path: '/health', periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 };
    return {
      command: ['vllm', 'serve'],
      args: this.args(model),
      environment: this.environment(model),
      port: PORT,
      metricsPath: '/metrics',
      paths: ['/v1/chat/completions', '/v1/completions', '/v1/models'],
      streaming: true,
      cpuMillis: cores * 1000,
      memoryMiB: memory.toMebibytes(),
      gpus,
      startup: {
        ...health,
        periodSeconds: STARTUP_PERIOD_SECONDS,
        failureThreshold: Math.ceil(startupLimit.toSeconds() / STARTUP_PERIOD_SECONDS),
      },
      readiness: health,
      liveness: health,
      preStopSeconds: PRE_STOP_SECONDS,
      shutdownSeconds: shutdownLimit.toSeconds(),
      scratch: [
        { name: 'shm', mountPath: '/dev/shm', sizeMiB: sharedMemory.toMebibytes(), inMemory: true },
        { name: 'cache', mountPath: CACHE, sizeMiB: 10_240 },
        { name: 'tmp', mountPath: '/tmp', sizeMiB: 1024 },
      ],
      readsFolder: true,
      verifier: packagedFile('inference/verify_weights.py'),
      queries: vllmQueries(servedName(model)),
    };
  }

  private args(model: ServedModel): string[] {
    const { gpus, maxModelLength, gpuMemoryUtilization, maxSequences, maxBatchedTokens } = this.#options;
    const { mediaDomains, shutdownLimit, extraArguments } = this.#options;
    const loader = { concurrency: 16, ...(gpus > 1 && { distributed: true }) };
    const flags: readonly (readonly string[])[] = [
      ['--served-model-name', servedName(model), model.modelName],
      ['--host', '0.0.0.0'],
      ['--port', String(PORT)],
      ['--load-format', 'runai_streamer'],
      ['--model-loader-extra-config', JSON.stringify(loader)],
      ['--max-model-len', String(maxModelLength)],
      ['--gpu-memory-utilization', gpuMemoryUtilization.toFixed(2)],
      ['--max-num-seqs', String(maxSequences)],
      ['--max-num-batched-tokens', String(maxBatchedTokens)],
      ['--tensor-parallel-size', String(gpus)],
      ['--shutdown-timeout', String(shutdownLimit.toSeconds())],
      ['--allowed-media-domains', ...(mediaDomains.length > 0 ? mediaDomains : [NO_DOMAIN])],
    ];
    return [`s3://${model.bucketName}/${folderOf(model.key)}`, ...flags.flat(), ...extraArguments];
  }

  private environment(model: ServedModel): Record<string, string> {
    return {
      MODEL_BUCKET: model.bucketName,
      MODEL_MANIFEST: model.key,
      MODEL_DIGEST: model.digest,
      HOME: CACHE,
      XDG_CACHE_HOME: CACHE,
      HF_HOME: `${CACHE}/huggingface`,
      VLLM_CACHE_ROOT: `${CACHE}/vllm`,
      HF_HUB_OFFLINE: '1',
      VLLM_MAX_N_SEQUENCES: '8',
      VLLM_MEDIA_URL_ALLOW_REDIRECTS: '0',
      VLLM_NO_USAGE_STATS: '1',
    };
  }

  private resourceProblems(): Problem[] {
    const { memory, sharedMemory, cores, startupLimit, shutdownLimit } = this.#options;
    const memoryMiB = memory.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
    return [
      integer('server.memory', memoryMiB, 4096, 2_097_152, 'MiB'),
      integer(
        'server.sharedMemory',
        sharedMemory.toMebibytes({ rounding: SizeRoundingBehavior.NONE }),
        1024,
        Math.floor(memoryMiB / 2),
        'MiB',
      ),
      integer('server.cores', cores, 1, 192, 'cores'),
      duration('server.startupLimit', startupLimit, 60, 7200),
      duration('server.shutdownLimit', shutdownLimit, 5, 3600),
    ].flat();
  }

  private argumentProblems(model: ServedModel): Problem[] {
    const { extraArguments } = this.#options;
    const own = this.args(model).slice(0, -extraArguments.length).filter(isFlag);
    return extraArguments.filter(isFlag).flatMap((argument) => {
      const flag = flagOf(argument);
      const why =
        forbidden(flag) ??
        (own.some((set) => meansFlag(flag, set)) ? 'this library sets it; use its option' : undefined);
      return when(
        why !== undefined,
        'ForbiddenArgument',
        `'server.extraArguments' must not hold '${flag}': ${why}; remove it`,
      );
    });
  }
}

/** Name that the metrics and answers carry: it tells which version answered. */
function servedName({ modelName, modelVersion }: ServedModel): string {
  return `${modelName}@${modelVersion}`;
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

function isFlag(argument: string): boolean {
  return argument.startsWith('-');
}

/** The flag of `--flag=value` or `--some_flag`, in the spelling of the tables above. */
function flagOf(argument: string): string {
  return argument.replace(/=.*$/s, '').replaceAll('_', '-').toLowerCase();
}

/** Whether the server would read `given` as `flag`: it accepts any unambiguous beginning. */
function meansFlag(given: string, flag: string): boolean {
  return given === flag || (given.length > '--'.length && flag.startsWith(given) && given.startsWith('--'));
}

function forbidden(given: string): string | undefined {
  return Object.entries(FORBIDDEN).find(([flag]) => meansFlag(given, flag))?.[1];
}
