import type { Problem } from '../core/errors';
import { type FastApiOptions, FastApiServer } from './private/fast-api-server';
import { type VllmOptions, VllmServer } from './private/vllm-server';
import type { IModelServer, ServedModel, ServerSpec } from './server-spec';

/** The server software of an `InferenceService`. */
export class ModelServer implements IModelServer {
  /**
   * The predictor of this library: FastAPI and uvicorn in front of ONNX Runtime, with the Open Inference Protocol v2 and a path
   * of the model's own. It fetches the artefact, checks its digest and only then starts to listen. Runs on CPUs.
   *
   * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
   */
  public static fastApi(options: FastApiOptions = {}): ModelServer {
    return new ModelServer(new FastApiServer(options));
  }

  /**
   * vLLM for language models, with its OpenAI-compatible API. Runs on GPUs. Weights are streamed from S3 as safetensors after an
   * init container has checked every one of them against the manifest. Code of a model is never run.
   *
   * @see https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html
   */
  public static vllm(options: VllmOptions): ModelServer {
    return new ModelServer(new VllmServer(options));
  }

  readonly #server: IModelServer;

  private constructor(server: IModelServer) {
    this.#server = server;
  }

  /** What is wrong with the options, or with the model for this server; empty if nothing is. */
  public problems(model: ServedModel): Problem[] {
    return this.#server.problems(model);
  }

  /** How the container is run. */
  public spec(model: ServedModel): ServerSpec {
    return this.#server.spec(model);
  }
}

export type { FastApiOptions, VllmOptions };
