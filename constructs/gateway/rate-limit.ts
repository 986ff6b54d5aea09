import type { Problem } from '../core/errors';
import { integer } from '../core/validate';

/** Properties for `RateLimit.perTenant`. */
export interface TenantRateLimitProps {
  /** Requests of one tenant in a minute, 1 to 1,000,000. */
  readonly requestsPerMinute: number;
}

/** How much one tenant may ask. Counted in the shared store, so that all proxies together keep the limit. */
export class RateLimit {
  /** A limit for each tenant by itself; one tenant cannot use up another's. */
  public static perTenant(props: TenantRateLimitProps): RateLimit {
    return new RateLimit(props.requestsPerMinute);
  }

  /** No limit. Only for callers that something else limits. */
  public static unlimited(): RateLimit {
    return new RateLimit(undefined);
  }

  /** Requests of one tenant in a minute; absent means no limit. */
  public readonly requestsPerMinute?: number;

  private constructor(requestsPerMinute: number | undefined) {
    this.requestsPerMinute = requestsPerMinute;
  }

  /** What is wrong with the limit. */
  public problems(): Problem[] {
    if (this.requestsPerMinute === undefined) return [];
    return integer('limits.requestsPerMinute', this.requestsPerMinute, 1, 1_000_000, 'requests');
  }
}
