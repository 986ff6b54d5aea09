import type { Grant, IRole } from 'aws-cdk-lib/aws-iam';
import type { HumanReview } from './human-review';

/** IAM permissions on a `HumanReview`. */
export class HumanReviewGrants {
  /** Builds the grants of `review`; `accept` makes the handler accept sessions of a role. */
  public static fromHumanReview(review: HumanReview, accept: (role: IRole) => void): HumanReviewGrants {
    return new HumanReviewGrants(review, accept);
  }

  readonly #review: HumanReview;
  readonly #accept: (role: IRole) => void;

  private constructor(review: HumanReview, accept: (role: IRole) => void) {
    this.#review = review;
    this.#accept = accept;
  }

  /**
   * Lets sessions of `role` look at reviews and decide on them. The session name is the person: give the role to people who
   * cannot choose it freely (IAM Identity Center, or a trust policy with `sts:RoleSessionName`).
   *
   * Actions: `execute-api:Invoke` on `GET` and `POST /reviews/*`.
   */
  public decide(role: IRole): Grant {
    this.#accept(role);
    const { api } = this.#review;
    return api.grantInvoke(role, 'GET', '/reviews/*').combine(api.grantInvoke(role, 'POST', '/reviews/*'));
  }
}
