import { type App, type Stage } from 'aws-cdk-lib';
import { AccountStage } from './account/account-stage';
import type { ImageLock, ReleaseLock } from './config/locks';
import type { CellConfig, PlatformConfig } from './config/schema';
import { type CellNames, type PlatformContract, platformContract } from './contract';
import { ControlPlaneStage } from './control-plane/control-plane-stage';
import { DataPlaneStage } from './data-plane/data-plane-stage';
import { LinksStage } from './links/links-stage';

/** What every stage is built from. */
export interface PlatformInput {
  readonly config: PlatformConfig;
  /** Live image digests. */
  readonly images: ImageLock;
  /** Live model versions, by cell. */
  readonly releases: Readonly<Record<string, ReleaseLock>>;
}

/** What a stage gets: the input and the names that it may use. */
export interface StageInput extends PlatformInput {
  readonly contract: PlatformContract;
}

/** What a stage of one cell gets. */
export interface CellInput extends StageInput {
  readonly cell: CellConfig;
  readonly names: CellNames;
}

/** Defines every stage of the platform in `app`: accounts, control plane, cells, links. */
export function definePlatform(app: App, input: PlatformInput): Stage[] {
  const contract = platformContract(input.config);
  const stageInput: StageInput = { ...input, contract };
  const cells = input.config.cells.map(
    (cell, index): CellInput => ({ ...stageInput, cell, names: contract.cells[index]! }),
  );
  return [
    ...contract.accounts.map(
      (names, index) =>
        new AccountStage(app, index === 0 ? 'Account' : `Account${index + 1}`, { ...stageInput, names }),
    ),
    new ControlPlaneStage(app, 'ControlPlane', stageInput),
    ...cells.map((cell) => new DataPlaneStage(app, `DataPlane-${cell.cell.name}`, cell)),
    ...cells.map((cell) => new LinksStage(app, `Links-${cell.cell.name}`, cell)),
  ];
}
