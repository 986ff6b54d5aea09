import type { Grant, IRole } from 'aws-cdk-lib/aws-iam';
import type { ModelPromotion } from './model-promotion';
import type { TrainingPipeline } from './training-pipeline';

/** IAM permissions on a `TrainingPipeline`. */
export class TrainingPipelineGrants {
  /** Builds the grants of `pipeline`. */
  public static fromTrainingPipeline(pipeline: TrainingPipeline, promotion: ModelPromotion): TrainingPipelineGrants {
    return new TrainingPipelineGrants(pipeline, promotion);
  }

  readonly #pipeline: TrainingPipeline;
  readonly #promotion: ModelPromotion;

  private constructor(pipeline: TrainingPipeline, promotion: ModelPromotion) {
    this.#pipeline = pipeline;
    this.#promotion = promotion;
  }

  /**
   * Lets sessions of `role` submit versions of this model. It does not let them start the workflow past the submission.
   *
   * Actions: `execute-api:Invoke` on `POST /submissions/<model>`.
   */
  public submit(role: IRole): Grant {
    return this.#promotion.submission.grants.submit(role, this.#pipeline.model);
  }
}
