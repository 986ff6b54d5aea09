import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnModelCard } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import type { Owner } from '../core/owner';
import { matches, requireNone, when } from '../core/validate';

/** Risk of a model, from low to high. */
export type ModelRisk = 'low' | 'limited' | 'high';

/** Properties for `ModelCard`. */
export interface ModelCardProps {
  /** Name of the card: 1 to 63 letters, digits or hyphens. */
  readonly cardName: string;

  /** Key that encrypts the card. */
  readonly encryptionKey: IKey;

  /** What the model does, up to 1024 characters. */
  readonly description: string;

  /** What it may be used for, and what not, up to 2048 characters. */
  readonly intendedUses: string;

  /** Who answers for the model. */
  readonly owner: Owner;

  /** Risk of the model. */
  readonly risk: ModelRisk;

  /**
   * Why the risk is what it is, up to 2048 characters.
   *
   * @default - none; needed for `high`
   */
  readonly riskReason?: string;

  /**
   * What whoever uses it should know: limits, known failures, groups for which it was not tested.
   *
   * @default - none
   */
  readonly caveats?: string;
}

const RATINGS: Record<ModelRisk, string> = { low: 'Low', limited: 'Medium', high: 'High' };

/**
 * The card of a model in SageMaker: what it is for, who answers for it, how risky it is. A draft until somebody approves it.
 *
 * Versions, evidence and approvals are in the registry and not repeated here. Costs nothing.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html
 */
export class ModelCard extends Construct {
  /** The card. */
  public readonly resource: CfnModelCard;

  /** @throws PlatformError `InvalidFormat`, `RiskWithoutReason` */
  constructor(scope: Construct, id: string, props: ModelCardProps) {
    super(scope, id);
    const { cardName, encryptionKey, description, intendedUses, owner, risk, riskReason, caveats } = props;
    requireNone(
      this,
      matches('cardName', cardName, /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, '1 to 63 letters, digits or hyphens'),
      matches('description', description, /^[^]{1,1024}$/, '1 to 1024 characters'),
      matches('intendedUses', intendedUses, /^[^]{1,2048}$/, '1 to 2048 characters'),
      when(
        risk === 'high' && !riskReason,
        'RiskWithoutReason',
        "a model of high risk needs 'riskReason', got none; say what could go wrong and for whom",
      ),
    );

    this.resource = new CfnModelCard(this, 'Resource', {
      modelCardName: cardName,
      modelCardStatus: 'Draft',
      securityConfig: { kmsKeyId: encryptionKey.keyArn },
      content: {
        modelOverview: { modelDescription: description, modelOwner: `${owner.team} (${owner.contact})` },
        intendedUses: { intendedUses, riskRating: RATINGS[risk], explanationsForRiskRating: riskReason },
        additionalInformation: caveats === undefined ? undefined : { caveatsAndRecommendations: caveats },
      },
    });
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}
