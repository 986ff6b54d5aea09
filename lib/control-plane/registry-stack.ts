import { Duration } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { DecisionLedger, EncryptionKey, type ImageReader, ModelRegistry, ReviewTable } from '../../constructs';
import type { StageInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `RegistryStack`. */
export interface RegistryStackProps {
  /** What the control plane is built from. */
  readonly input: StageInput;
}

/** The registry: stores, versions, images, signing, experiments, reviews, and the ledger of decisions. */
export class RegistryStack extends PlatformStack {
  /** Models and all that they are made from. */
  public readonly registry: ModelRegistry;

  /** Who decided what, when and why. */
  public readonly ledger: DecisionLedger;

  /** Submissions and reviews. */
  public readonly reviews: ReviewTable;

  /** Key of the stores and tables. */
  public readonly encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, { input }: RegistryStackProps) {
    const { config, contract } = input;
    const names = contract.controlPlane;
    super(scope, id, {
      platform: config.name,
      stage: 'control',
      place: names,
      description: 'Registry of models, datasets, prompts, evidence and images; ledger of decisions',
      stateful: true,
      owner: config.owner,
    });

    this.encryptionKey = new EncryptionKey(this, 'Key', {
      description: `Encrypts the registry of ${config.name}`,
      alias: names.keyAlias,
    });
    this.registry = new ModelRegistry(this, 'Models', {
      prefix: names.modelPackageGroupPrefix,
      names,
      encryptionKey: this.encryptionKey,
      accessLogs: Bucket.fromBucketName(this, 'AccessLogs', contract.accounts[0]!.accessLogsBucket),
      evidenceRetention: Duration.days(config.registry.evidenceRetentionDays),
      breakGlassRoles: config.registry.breakGlassRoles,
      imageReaders: imageReaders(input),
      experiments: config.registry.experiments,
    });
    for (const image of imageNames(input)) this.registry.repository(image);
    for (const model of config.models) this.registry.modelPackageGroup(model.name);
    this.ledger = new DecisionLedger(this, 'Ledger', {
      encryptionKey: this.encryptionKey,
      tableName: names.ledgerTable,
    });
    this.reviews = new ReviewTable(this, 'Reviews', {
      encryptionKey: this.encryptionKey,
      tableName: names.reviewTable,
    });
  }
}

/** Images that a model or a lock names, and the predictor. */
function imageNames({ config, images }: StageInput): string[] {
  const trained = config.models.flatMap(({ training }) => (training ? [training.image, training.evaluationImage] : []));
  const served = config.models.map((model) => model.image);
  return [...new Set(['predictor', ...Object.keys(images.images), ...served, ...trained])].toSorted();
}

/** Roles of the stacks of each cell in another account; CloudFormation names them after their stack. */
function imageReaders({ contract }: StageInput): ImageReader[] {
  const cells = contract.cells.filter(({ account }) => account !== contract.controlPlane.account);
  return [...new Set(cells.map(({ account }) => account))].map((account) => ({
    account,
    principalArns: cells
      .filter((cell) => cell.account === account)
      .map(({ prefix }) => `arn:*:iam::${account}:role/${prefix}-*`),
  }));
}
