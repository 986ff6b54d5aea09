import type { Grant, IRole } from 'aws-cdk-lib/aws-iam';
import type { ModelSubmission } from './model-submission';

/** IAM permissions on a `ModelSubmission`. */
export class ModelSubmissionGrants {
  /** Builds the grants of `submission`; `accept` makes the handler accept sessions of a role. */
  public static fromModelSubmission(submission: ModelSubmission, accept: (role: IRole) => void): ModelSubmissionGrants {
    return new ModelSubmissionGrants(submission, accept);
  }

  readonly #submission: ModelSubmission;
  readonly #accept: (role: IRole) => void;

  private constructor(submission: ModelSubmission, accept: (role: IRole) => void) {
    this.#submission = submission;
    this.#accept = accept;
  }

  /** Accepts sessions of `role` without a permission to call: for a role that gets models later. */
  public accept(role: IRole): void {
    this.#accept(role);
  }

  /**
   * Lets sessions of `role` submit versions of one model.
   *
   * Actions: `execute-api:Invoke` on `POST /submissions/<model>`.
   */
  public submit(role: IRole, model: string): Grant {
    this.#accept(role);
    return this.#submission.api.grantInvoke(role, 'POST', `/submissions/${model}`);
  }
}
