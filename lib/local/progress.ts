/** A step that was done. */
export interface DoneStep {
  readonly name: string;
  readonly seconds: number;
}

const STILL_MS = 15_000;

/** Tells a person what happens, one line per step, with its seconds. */
export class Progress {
  /** Steps done so far. */
  public readonly steps: DoneStep[] = [];
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #started: number;
  readonly #open = new Set<string>();

  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#started = now();
    setInterval(() => this.#tellStill(), STILL_MS).unref();
  }

  /** Seconds since the run began. */
  public get seconds(): number {
    return (this.#now() - this.#started) / 1_000;
  }

  /** What is being done now; undefined when nothing is. */
  public get activity(): string | undefined {
    return [...this.#open].join(', ') || undefined;
  }

  /** Does `work` and prints `name` with the seconds it took. */
  public async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = this.#now();
    this.#open.add(name);
    try {
      const result = await work();
      const seconds = (this.#now() - began) / 1_000;
      this.steps.push({ name, seconds: Number(seconds.toFixed(2)) });
      this.#write(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
      return result;
    } finally {
      this.#open.delete(name);
    }
  }

  /** Prints a line of its own. */
  public say(text: string): void {
    this.#write(text);
  }

  #tellStill(): void {
    if (this.activity) this.#write(`${this.seconds.toFixed(0).padStart(5)} … s  still at it: ${this.activity}`);
  }
}
