import type { Stack } from 'aws-cdk-lib';
import { PlatformError, type Problem } from '../../constructs';
import type { ModelConfig } from '../config/schema';
import type { StageInput } from '../platform';

/** A model that is trained here, with its images. */
export interface TrainedModel {
  readonly model: ModelConfig;
  readonly training: NonNullable<ModelConfig['training']>;
  /** References by digest. */
  readonly images: { readonly training: string; readonly evaluation: string };
}

/** Models of the configuration that have a `training`. */
export function trainedModels({ config, contract, images }: StageInput): TrainedModel[] {
  const { account, region, repositoryPrefix } = contract.controlPlane;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const reference = (image: string) =>
    `${account}.dkr.ecr.${region}.${suffix}/${repositoryPrefix}/${image}@${images.images[image]}`;
  return config.models.flatMap((model) =>
    model.training
      ? [
          {
            model,
            training: model.training,
            images: {
              training: reference(model.training.image),
              evaluation: reference(model.training.evaluationImage),
            },
          },
        ]
      : [],
  );
}

/**
 * Refuses a model whose training images are not locked: nothing else says what would run.
 *
 * @throws PlatformError ImageNotLocked
 */
export function requireImages(stack: Stack, { images, contract }: StageInput, models: readonly TrainedModel[]): void {
  const problems = models.flatMap(({ model, training }) =>
    [training.image, training.evaluationImage]
      .filter((image) => !images.images[image])
      .map((image) => notLocked(model.name, image, contract.controlPlane.repositoryPrefix)),
  );
  if (problems.length > 0) throw new PlatformError(problems, stack);
}

function notLocked(model: string, image: string, prefix: string): Problem {
  return {
    code: 'ImageNotLocked',
    text: `'images.${image}' must be in the image lock (config/images.lock.yaml), since model '${model}' is trained with it; push the image to the repository '${prefix}/${image}' and enter the digest that the repository gives, or take 'training' out until then`,
  };
}
