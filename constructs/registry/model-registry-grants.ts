import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { grantTable } from '../core/table-grants';
import type { ModelRegistry } from './model-registry';
import { LIVE_INDEX } from './model-version';

/** IAM permissions on a `ModelRegistry` as a whole; each store and the signing key have their own. */
export class ModelRegistryGrants {
  /** Builds the grants of `registry`. */
  public static fromModelRegistry(registry: ModelRegistry): ModelRegistryGrants {
    return new ModelRegistryGrants(registry);
  }

  readonly #registry: ModelRegistry;

  private constructor(registry: ModelRegistry) {
    this.#registry = registry;
  }

  /**
   * Lets `grantee` look up versions and what is live where.
   *
   * Actions: `dynamodb:GetItem`, `dynamodb:Query` on the table and its index, use of its key through DynamoDB.
   */
  public read(grantee: IGrantable): Grant {
    return grantTable(this.#registry.models, grantee, ['dynamodb:GetItem', 'dynamodb:Query'], [LIVE_INDEX]);
  }

  /**
   * Lets `grantee` register a version: take the candidate from `work/`, add it below `models/`, sign its manifest, write its
   * record.
   *
   * Actions: `dynamodb:GetItem`, `dynamodb:Query`, `dynamodb:PutItem`, `dynamodb:ConditionCheckItem` on the table; read on `work/` and
   * `models/`, add on `models/` of the artefact store; `kms:Sign` with the signing key.
   */
  public register(grantee: IGrantable): Grant {
    const { artifacts, models, signing } = this.#registry;
    return this.read(grantee)
      .combine(grantTable(models, grantee, ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem']))
      .combine(artifacts.grants.read(grantee, artifacts.workPrefix))
      .combine(artifacts.grants.read(grantee))
      .combine(artifacts.grants.add(grantee))
      .combine(signing.grants.sign(grantee));
  }

  /**
   * Lets `grantee` say what is live in a cell and move a version from stage to stage.
   *
   * Actions: `dynamodb:GetItem`, `dynamodb:Query`, `dynamodb:PutItem`, `dynamodb:UpdateItem`, `dynamodb:ConditionCheckItem` on the
   * table.
   */
  public release(grantee: IGrantable): Grant {
    const actions = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'];
    return this.read(grantee).combine(grantTable(this.#registry.models, grantee, actions));
  }
}
