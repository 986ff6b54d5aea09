import { Size } from 'aws-cdk-lib';
import { ModelServer, type Owner, type Problem } from '../../constructs';
import type { ReleasedModel } from '../config/locks';
import type { ModelConfig, PlatformConfig } from '../config/schema';
import { platformOwner } from '../owner';
import type { CellInput } from '../platform';

/** A model of the configuration that the release lock of the cell makes live. */
export interface LiveModel {
  readonly model: ModelConfig;
  readonly release: ReleasedModel;
}

/** What the configuration and the locks agree on. */
export interface ReleasedModels {
  /** Models to serve. */
  readonly live: readonly LiveModel[];
  /** Names of models that nothing is released of. */
  readonly waiting: readonly string[];
  /** Where the files contradict each other. */
  readonly problems: readonly Problem[];
}

/** Compares the configuration with the locks of the cell. */
export function releasedModels({ config, images, releases, names }: CellInput): ReleasedModels {
  const locked = releases[names.cell]?.models ?? {};
  const known = config.models.map(({ name }) => name);
  const live = config.models.flatMap((model) => {
    const release = locked[model.name];
    return release ? [{ model, release }] : [];
  });
  return {
    live,
    waiting: known.filter((name) => !locked[name]),
    problems: [
      ...Object.keys(locked)
        .filter((name) => !known.includes(name))
        .map((name) => unknownModel(name, names.cell)),
      ...live.filter(({ model }) => !images.images[model.image]).map(({ model }) => imageNotLocked(model)),
    ],
  };
}

/** Reference of a locked image in the repositories of the control plane. */
export function imageReference({ contract, images }: CellInput, image: string, urlSuffix: string): string {
  const { account, region, repositoryPrefix } = contract.controlPlane;
  return `${account}.dkr.ecr.${region}.${urlSuffix}/${repositoryPrefix}/${image}@${images.images[image]}`;
}

/** Server software as the configuration of the model asks for it. */
export function modelServer({ server, gpus, memoryGiB, maxModelLength, predictPath }: ModelConfig): ModelServer {
  const memory = memoryGiB === undefined ? undefined : Size.mebibytes(Math.round(memoryGiB * 1024));
  return server === 'vllm'
    ? ModelServer.vllm({ gpus, memory, maxModelLength })
    : ModelServer.fastApi({ memory, predictPath });
}

/** Who answers for the model: the owner it names, or that of the platform. */
export function modelOwner(config: PlatformConfig, { owner }: ModelConfig): Owner {
  const platform = platformOwner(config);
  return { ...platform, contact: owner ?? platform.contact };
}

function unknownModel(name: string, cell: string): Problem {
  return {
    code: 'UnknownModelReleased',
    text: `'models.${name}' of config/releases/${cell}.lock.yaml must be a model of the configuration; add it to 'models' there, or take it out of the lock`,
  };
}

function imageNotLocked({ name, image }: ModelConfig): Problem {
  return {
    code: 'ImageNotLocked',
    text: `'images.${image}' must be in the image lock (config/images.lock.yaml), since model '${name}' is released and needs it; push the image to its repository and enter the digest that the repository gives`,
  };
}
