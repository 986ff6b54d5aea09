import type { Problem } from '../core/errors';

/** What a model server is told of the model that it serves. */
export interface ServedModel {
  /** Name of the model. */
  readonly modelName: string;
  /** Semantic version of the model. */
  readonly modelVersion: string;
  /** Bucket of the artefact; may be a CDK token. */
  readonly bucketName: string;
  /** Object key of the artefact. */
  readonly key: string;
  /** Digest of the artefact. */
  readonly digest: string;
  /** Name and version of the dataset it was trained on, if known. */
  readonly dataset?: { readonly name: string; readonly version: string };
}

/** One HTTP probe of the kubelet. */
export interface ProbeSpec {
  /** Path on the server port. */
  readonly path: string;
  /** Seconds between two probes. */
  readonly periodSeconds: number;
  /** Failures in a row that count. */
  readonly failureThreshold: number;
  /** Seconds until one probe counts as failed. */
  readonly timeoutSeconds: number;
}

/** A writable folder of the pod; everything else is read-only. */
export interface ScratchVolume {
  /** Name of the volume. */
  readonly name: string;
  /** Absolute path in the container. */
  readonly mountPath: string;
  /** Most it may hold, in MiB. */
  readonly sizeMiB: number;
  /**
   * Whether it lives in memory; it then counts against the memory limit of the pod.
   *
   * @default false
   */
  readonly inMemory?: boolean;
}

/** PromQL expressions of one model version; each gives one number per version. */
export interface ModelQueries {
  /** Requests per second. */
  readonly requests: string;
  /** Failed requests per second. */
  readonly errors: string;
  /** 95th percentile of the latency in seconds. */
  readonly latency: string;
  /** Requests being answered. */
  readonly running: string;
  /** 95th percentile of the time to the first token in seconds; language models only. */
  readonly timeToFirstToken?: string;
  /** Requests that wait for a free slot; language models only. */
  readonly queueDepth?: string;
  /** Fullest key-value cache among the replicas, 0 to 1; language models only. */
  readonly keyValueCacheUsage?: string;
}

/** Everything about a container that follows from its server software. Values are final. */
export interface ServerSpec {
  /**
   * Command of the container.
   *
   * @default - the entry point of the image
   */
  readonly command?: readonly string[];
  /**
   * Arguments of the container.
   *
   * @default - none
   */
  readonly args?: readonly string[];
  /** Plain environment variables; CDK tokens are allowed in values. */
  readonly environment: Readonly<Record<string, string>>;
  /** Port that answers requests and metrics. */
  readonly port: number;
  /** Path of the Prometheus metrics. */
  readonly metricsPath: string;
  /** Path prefixes that clients may call. */
  readonly paths: readonly string[];
  /** Whether answers may be streams. */
  readonly streaming: boolean;
  /** CPU request in thousandths of a core. */
  readonly cpuMillis: number;
  /** Memory in MiB, request and limit alike. */
  readonly memoryMiB: number;
  /** Whole GPUs per pod. */
  readonly gpus: number;
  /** Passes once the model is loaded. */
  readonly startup: ProbeSpec;
  /** Passes while the pod may get traffic. */
  readonly readiness: ProbeSpec;
  /** Fails when only a restart helps. */
  readonly liveness: ProbeSpec;
  /** Seconds between the removal from the endpoints and SIGTERM. */
  readonly preStopSeconds: number;
  /** Seconds that the server needs at most from SIGTERM to its end. */
  readonly shutdownSeconds: number;
  /** Writable folders. */
  readonly scratch: readonly ScratchVolume[];
  /** Whether the server reads every object beside `key`, and not `key` alone. */
  readonly readsFolder: boolean;
  /**
   * Python program that runs before the server, in the same image, and ends with an error unless the artefact is the one
   * that was asked for.
   *
   * @default - none: the server checks the digest itself
   */
  readonly verifier?: string;
  /** What to ask the metric workspace. */
  readonly queries: ModelQueries;
}

/**
 * Server software for a model. `ModelServer` has the ones of this library; implement this interface for another.
 */
export interface IModelServer {
  /** What is wrong with the options, or with the model for this server; empty if nothing is. */
  problems(model: ServedModel): Problem[];

  /** How the container is run. */
  spec(model: ServedModel): ServerSpec;
}
