import type { Problem } from '../core/errors';
import { integer } from '../core/validate';

/** How many pods serve a model. */
export class Scaling {
  /**
   * A fixed number of pods.
   *
   * One pod means that every update and every loss of a node interrupts the service.
   *
   * @param replicas 1 to 64
   */
  public static fixed(replicas: number): Scaling {
    return new Scaling(replicas);
  }

  /** Pods to keep running. */
  public readonly replicas: number;

  private constructor(replicas: number) {
    this.replicas = replicas;
  }

  /** What is wrong with the numbers; empty if nothing is. */
  public problems(): Problem[] {
    return integer('scaling.replicas', this.replicas, 1, 64, 'pods');
  }
}
