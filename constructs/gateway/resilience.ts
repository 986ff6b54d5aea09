import { Duration } from 'aws-cdk-lib';
import type { Problem } from '../core/errors';
import { duration, integer, when } from '../core/validate';

/** What both kinds of `Resilience` have. */
export interface ResilienceProps {
  /**
   * Longest wait for the first byte of one try, 0.1 to 300 seconds.
   *
   * @default Duration.seconds(8), for streams Duration.seconds(30)
   */
  readonly tryTimeout?: Duration;

  /**
   * Further tries after a failed one, before the first byte has gone to the caller, 0 to 5.
   *
   * @default 2, for streams 1
   */
  readonly retries?: number;

  /**
   * Requests in flight to the model from one proxy, 1 to 100,000; more are refused with 503.
   *
   * @default 256
   */
  readonly maxParallelRequests?: number;

  /**
   * Requests that wait for a connection in one proxy, 1 to 100,000; more are refused with 503. A burst waits here while its
   * connections open.
   *
   * @default 256
   */
  readonly maxPendingRequests?: number;

  /**
   * Failures in a row after which a pod of the model gets no requests for a while, 1 to 100.
   *
   * @default 5
   */
  readonly failuresToEject?: number;

  /**
   * How long such a pod gets no requests the first time, 1 to 300 seconds.
   *
   * @default Duration.seconds(15)
   */
  readonly ejectionTime?: Duration;
}

/** Properties for `Resilience.unary`. */
export interface UnaryResilienceProps extends ResilienceProps {
  /**
   * Longest time of a whole request, all tries included, 0.1 to 3600 seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly requestTimeout?: Duration;
}

/** Properties for `Resilience.streaming`. */
export interface StreamingResilienceProps extends ResilienceProps {
  /**
   * Longest silence within a stream, 1 to 3600 seconds.
   *
   * @default Duration.seconds(60)
   */
  readonly streamIdleTimeout?: Duration;
}

/** Longest pause between two tries. */
export const MAX_BACK_OFF = Duration.millis(250);

/**
 * How a route behaves when its model is slow, broken or gone: timeouts that nest, bounded retries, circuit breaker, ejection
 * of failing pods.
 */
export class Resilience {
  /** For models that answer at once: a timeout for the whole request. */
  public static unary(props: UnaryResilienceProps = {}): Resilience {
    const { requestTimeout = Duration.seconds(30) } = props;
    return new Resilience(
      { tryTimeout: Duration.seconds(8), retries: 2, ...defined(props) },
      requestTimeout,
      requestTimeout,
    );
  }

  /** For models that stream: no timeout for the whole request, which would cut a stream, but one for silence within it. */
  public static streaming(props: StreamingResilienceProps = {}): Resilience {
    const { streamIdleTimeout = Duration.seconds(60) } = props;
    return new Resilience(
      { tryTimeout: Duration.seconds(30), retries: 1, ...defined(props) },
      undefined,
      streamIdleTimeout,
    );
  }

  /** Longest time of a whole request; absent for streams. */
  public readonly requestTimeout?: Duration;

  /** Longest silence within an answer. */
  public readonly streamIdleTimeout: Duration;

  /** Longest wait for the first byte of one try. */
  public readonly tryTimeout: Duration;

  /** Further tries after a failed one. */
  public readonly retries: number;

  /** Requests in flight to the model from one proxy. */
  public readonly maxParallelRequests: number;

  /** Requests that wait for a connection in one proxy. */
  public readonly maxPendingRequests: number;

  /** Failures in a row after which a pod gets no requests for a while. */
  public readonly failuresToEject: number;

  /** How long such a pod gets no requests the first time. */
  public readonly ejectionTime: Duration;

  private constructor(
    props: ResilienceProps & { readonly tryTimeout: Duration; readonly retries: number },
    requestTimeout: Duration | undefined,
    streamIdleTimeout: Duration,
  ) {
    this.requestTimeout = requestTimeout;
    this.streamIdleTimeout = streamIdleTimeout;
    this.tryTimeout = props.tryTimeout;
    this.retries = props.retries;
    this.maxParallelRequests = props.maxParallelRequests ?? 256;
    this.maxPendingRequests = props.maxPendingRequests ?? 256;
    this.failuresToEject = props.failuresToEject ?? 5;
    this.ejectionTime = props.ejectionTime ?? Duration.seconds(15);
  }

  /**
   * What is wrong with the values, for a model that `streaming` or not, behind an edge that closes silent connections after
   * `edgeIdleTimeout`.
   */
  public problems(streaming: boolean, edgeIdleTimeout: Duration): Problem[] {
    const bounds = this.boundProblems();
    return [
      ...bounds,
      ...this.streamProblems(streaming),
      ...(bounds.length === 0 ? this.nestingProblems(edgeIdleTimeout) : []),
    ];
  }

  /** Longest time that all tries and the pauses between them can take. */
  public get longestTries(): Duration {
    const pauses = MAX_BACK_OFF.toMilliseconds() * this.retries;
    return Duration.millis(this.tryTimeout.toMilliseconds() * (this.retries + 1) + pauses);
  }

  private boundProblems(): Problem[] {
    return [
      ...integer('resilience.retries', this.retries, 0, 5, 'tries'),
      ...integer('resilience.maxParallelRequests', this.maxParallelRequests, 1, 100_000, 'requests'),
      ...integer('resilience.maxPendingRequests', this.maxPendingRequests, 1, 100_000, 'requests'),
      ...integer('resilience.failuresToEject', this.failuresToEject, 1, 100, 'failures'),
      ...duration('resilience.ejectionTime', this.ejectionTime, 1, 300),
      ...duration('resilience.tryTimeout', this.tryTimeout, 0.1, 300),
      ...duration('resilience.streamIdleTimeout', this.streamIdleTimeout, 0.1, 3600),
    ];
  }

  private streamProblems(streaming: boolean): Problem[] {
    return when(
      streaming && this.requestTimeout !== undefined,
      'RequestTimeoutCutsStream',
      "'resilience' has a request timeout, which would cut the streams of this model; use Resilience.streaming",
    );
  }

  private nestingProblems(edgeIdleTimeout: Duration): Problem[] {
    const outer = this.requestTimeout ?? edgeIdleTimeout;
    const name = this.requestTimeout ? 'resilience.requestTimeout' : 'the idle timeout of the edge';
    const silence = this.streamIdleTimeout.toMilliseconds();
    return [
      ...when(
        this.longestTries.toMilliseconds() > outer.toMilliseconds(),
        'TimeoutsDoNotNest',
        `'resilience.tryTimeout' times ${this.retries + 1} tries with pauses takes ${seconds(this.longestTries)}, longer than ${name} of ${seconds(outer)}; shorten the try or allow fewer retries`,
      ),
      ...when(
        silence >= edgeIdleTimeout.toMilliseconds(),
        'TimeoutsDoNotNest',
        `'resilience' waits ${seconds(this.streamIdleTimeout)} for an answer, but the edge closes a silent connection after ${seconds(edgeIdleTimeout)}; shorten it or raise 'idleTimeout' of GatewayEdge`,
      ),
    ];
  }
}

function seconds(value: Duration): string {
  return `${value.toMilliseconds() / 1000} seconds`;
}

/** The props that were given; an explicit `undefined` does not hide a default. */
function defined<T extends object>(props: T): T {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as T;
}
