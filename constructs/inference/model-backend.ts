/**
 * A model that answers inside the cluster: what a route needs to know of it.
 *
 * `InferenceService` is the usual one.
 */
export interface IModelBackend {
  /** Name of the model, for example `iris`. */
  readonly modelName: string;

  /** Semantic version that answers, for example `1.0.0`. */
  readonly modelVersion: string;

  /** Kubernetes namespace of the service. */
  readonly namespace: string;

  /** Name of the Kubernetes Service. */
  readonly serviceName: string;

  /** Port of the Service. */
  readonly port: number;

  /** Path prefixes that clients may call, for example `/v2/models/iris`; everything else stays closed. */
  readonly paths: readonly string[];

  /** Whether answers may be streams, which must not be cut by a request timeout. */
  readonly streaming: boolean;
}
