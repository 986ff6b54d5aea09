import { Engine, type ProgramSpec } from './engine';
import { LocalFailure } from './failure';
import { Guardian } from './guardian';

/**
 * Starts programs and watches them: the first engine that ends by itself fails the run, with its cause.
 *
 * Only process groups that it started are ever signalled.
 */
export class Supervisor {
  /** Aborted when the run fails or is stopped; its reason is the failure. */
  public readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #running = new Set<Engine>();
  readonly #guardian: Guardian;
  readonly #activity: () => string | undefined;
  #stopping = false;

  /** `activity` says what the run is doing, for the message of a failure. */
  constructor(activity: () => string | undefined, guardian: Guardian = new Guardian()) {
    this.#activity = activity;
    this.#guardian = guardian;
    this.signal = this.#controller.signal;
    this.signal.addEventListener('abort', () => undefined);
  }

  /** Starts a program that has to live until the run ends. */
  public engine(spec: ProgramSpec): Engine {
    const engine = this.#start(spec);
    void engine.ended.then((end) => {
      if (!this.#stopping) this.fail(engine.failure(end, this.#activity()));
    });
    return engine;
  }

  /**
   * Runs a program to its end.
   *
   * @throws LocalFailure when it does not end with 0, or when an engine ended meanwhile
   */
  public async command(spec: ProgramSpec): Promise<void> {
    const engine = this.start(spec);
    const end = await this.guard(engine.ended);
    if (end.code !== 0) throw engine.failure(end);
  }

  /** Starts a program that may end in any way. */
  public start(spec: ProgramSpec): Engine {
    this.signal.throwIfAborted();
    return this.#start(spec);
  }

  /** `work`, or the failure of the run if that comes first. */
  public async guard<T>(work: Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    let stop: (() => void) | undefined;
    const failed = new Promise<never>((_, reject) => {
      stop = () => reject(this.signal.reason as Error);
      this.signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work, failed]);
    } finally {
      if (stop) this.signal.removeEventListener('abort', stop);
    }
  }

  /**
   * Asks until the answer is yes.
   *
   * @throws LocalFailure after `seconds`, or when an engine ended meanwhile
   */
  public async until(what: string, seconds: number, ask: () => Promise<boolean>, pauseMs = 100): Promise<void> {
    const end = Date.now() + seconds * 1_000;
    while (!(await this.guard(ask()))) {
      if (Date.now() > end) throw new LocalFailure(`${what}: not within ${seconds} s`);
      await this.guard(new Promise((resolve) => setTimeout(resolve, pauseMs)));
    }
  }

  /** Fails the run; the first failure is the one that counts. */
  public fail(failure: LocalFailure): void {
    if (!this.signal.aborted) this.#controller.abort(failure);
  }

  /** Stops everything that runs. Safe to call twice. */
  public async stopAll(): Promise<void> {
    this.#stopping = true;
    if (!this.signal.aborted) this.#controller.abort(new LocalFailure('the run was stopped', { kind: 'interrupted' }));
    await Promise.all([...this.#running].map((engine) => engine.stop()));
    this.#guardian.release();
  }

  #start(spec: ProgramSpec): Engine {
    const engine = new Engine(spec);
    const { group } = engine;
    this.#running.add(engine);
    if (group !== undefined) this.#guardian.watch(group);
    void engine.ended.then(async () => {
      await engine.stop(); // what the program left behind in its group
      this.#running.delete(engine);
      if (group !== undefined) this.#guardian.forget(group);
    });
    return engine;
  }
}
