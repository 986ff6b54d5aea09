import { Duration, Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import type { Problem } from '../../core/errors';
import { duration, integer } from '../../core/validate';
import type { IModelServer, ServedModel, ServerSpec } from '../server-spec';
import { predictorQueries } from './queries';

/** Options of `ModelServer.fastApi`. */
export interface FastApiOptions {
  /**
   * Whether clients may also call `/predict`, with the field names of the model instead of tensors. One model of a gateway can
   * have that path.
   *
   * @default true
   */
  readonly predictPath?: boolean;

  /**
   * Memory per pod, request and limit alike, 256 MiB to 256 GiB.
   *
   * @default Size.gibibytes(1)
   */
  readonly memory?: Size;

  /**
   * Cores per pod, 1 to 64, each of which computes one request at a time. Half of them are reserved, the others used when free.
   *
   * @default 1
   */
  readonly cores?: number;

  /**
   * Largest artefact, packed and unpacked, 1 MiB to 100 GiB; also the size of the cache volume, twice.
   *
   * @default Size.gibibytes(2)
   */
  readonly artifactLimit?: Size;

  /**
   * Largest request body, 1 KiB to 1 GiB.
   *
   * @default Size.mebibytes(1)
   */
  readonly bodyLimit?: Size;

  /**
   * Records in one request at most, 1 to 1,000,000.
   *
   * @default 1024
   */
  readonly maxBatch?: number;

  /**
   * Longest time until the model is loaded, 10 seconds to 1 hour. A pod that takes longer is restarted.
   *
   * @default Duration.minutes(2)
   */
  readonly startupLimit?: Duration;

  /**
   * Time that requests in flight get to finish when a pod is stopped, 1 to 600 seconds.
   *
   * @default Duration.seconds(20)
   */
  readonly shutdownLimit?: Duration;
}

const PORT = 8000;
const CACHE = '/var/cache/model';

/** Seconds from SIGTERM that the predictor is not ready any more and still answers. */
const DRAIN_SECONDS = 5;

/** Seconds before SIGTERM in which the gateway learns that the pod is leaving. */
const PRE_STOP_SECONDS = 5;

const STARTUP_PERIOD_SECONDS = 2;

/** The predictor of this library. */
export class FastApiServer implements IModelServer {
  readonly #options: Required<FastApiOptions>;

  constructor(options: FastApiOptions) {
    this.#options = {
      predictPath: options.predictPath ?? true,
      memory: options.memory ?? Size.gibibytes(1),
      cores: options.cores ?? 1,
      artifactLimit: options.artifactLimit ?? Size.gibibytes(2),
      bodyLimit: options.bodyLimit ?? Size.mebibytes(1),
      maxBatch: options.maxBatch ?? 1024,
      startupLimit: options.startupLimit ?? Duration.minutes(2),
      shutdownLimit: options.shutdownLimit ?? Duration.seconds(20),
    };
  }

  public problems(): Problem[] {
    const { memory, cores, artifactLimit, bodyLimit, maxBatch, startupLimit, shutdownLimit } = this.#options;
    return [
      integer('server.memory', memory.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), 256, 262_144, 'MiB'),
      integer('server.cores', cores, 1, 64, 'cores'),
      integer(
        'server.artifactLimit',
        artifactLimit.toMebibytes({ rounding: SizeRoundingBehavior.NONE }),
        1,
        102_400,
        'MiB',
      ),
      integer('server.bodyLimit', bodyLimit.toKibibytes({ rounding: SizeRoundingBehavior.NONE }), 1, 1_048_576, 'KiB'),
      integer('server.maxBatch', maxBatch, 1, 1_000_000, 'records'),
      duration('server.startupLimit', startupLimit, 10, 3600),
      duration('server.shutdownLimit', shutdownLimit, 1, 600),
    ].flat();
  }

  public spec(model: ServedModel): ServerSpec {
    const { predictPath, memory, cores, artifactLimit, startupLimit, shutdownLimit } = this.#options;
    return {
      environment: this.environment(model),
      port: PORT,
      metricsPath: '/metrics',
      paths: [`/v2/models/${model.modelName}`, ...(predictPath ? ['/predict'] : [])],
      streaming: false,
      cpuMillis: cores * 500,
      memoryMiB: memory.toMebibytes(),
      gpus: 0,
      startup: {
        path: '/v2/health/ready',
        periodSeconds: STARTUP_PERIOD_SECONDS,
        failureThreshold: Math.ceil(startupLimit.toSeconds() / STARTUP_PERIOD_SECONDS),
        timeoutSeconds: 2,
      },
      readiness: { path: '/v2/health/ready', periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 2 },
      liveness: { path: '/v2/health/live', periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
      preStopSeconds: PRE_STOP_SECONDS,
      shutdownSeconds: DRAIN_SECONDS + shutdownLimit.toSeconds(),
      scratch: [
        { name: 'cache', mountPath: CACHE, sizeMiB: 2 * artifactLimit.toMebibytes() },
        { name: 'tmp', mountPath: '/tmp', sizeMiB: 64 },
      ],
      readsFolder: false,
      queries: predictorQueries(model),
    };
  }

  private environment(model: ServedModel): Record<string, string> {
    const { cores, artifactLimit, bodyLimit, maxBatch, shutdownLimit } = this.#options;
    return {
      MODEL_NAME: model.modelName,
      MODEL_VERSION: model.modelVersion,
      MODEL_URI: `s3://${model.bucketName}/${model.key}`,
      MODEL_DIGEST: model.digest,
      MODEL_CACHE: CACHE,
      MAX_MODEL_BYTES: String(artifactLimit.toBytes()),
      ...(model.dataset && { DATASET_NAME: model.dataset.name, DATASET_VERSION: model.dataset.version }),
      HOST: '0.0.0.0',
      PORT: String(PORT),
      THREADS: String(cores),
      MAX_BODY_BYTES: String(bodyLimit.toBytes()),
      MAX_BATCH: String(maxBatch),
      DRAIN_SECONDS: String(DRAIN_SECONDS),
      SHUTDOWN_SECONDS: String(shutdownLimit.toSeconds()),
    };
  }
}
