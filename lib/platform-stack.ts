import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Place } from './contract';

/** Properties for `PlatformStack`. */
export interface PlatformStackProps {
  /** Name of the platform; the prefix of the stack name. */
  readonly platform: string;
  /** Stage part of the stack name: `account`, `control`, a cell, `links-<cell>`. */
  readonly stage: string;
  /** Account and region. */
  readonly place: Place;
  /** What the stack holds, in one sentence. */
  readonly description: string;
  /** Whether data would be lost with the stack: it then resists deletion. */
  readonly stateful: boolean;
  /** Owner of the stack, for the tag `owner`. */
  readonly owner: string;
  /** Availability zones, so that synth never looks them up. */
  readonly zones?: readonly string[];
}

/** A stack of the platform: explicit name, tags, deletion protection where it holds data. */
export class PlatformStack extends Stack {
  readonly #zones: readonly string[] | undefined;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, {
      stackName: `${props.platform}-${props.stage}-${kebab(id)}`,
      env: { account: props.place.account, region: props.place.region },
      description: props.description,
      terminationProtection: props.stateful,
      tags: { platform: props.platform, stage: props.stage, owner: props.owner, 'managed-by': 'groundplane' },
    });
    this.#zones = props.zones;
  }

  /** The zones of the configuration; without any, as the account and region say. */
  public override get availabilityZones(): string[] {
    return this.#zones ? [...this.#zones] : super.availabilityZones;
  }
}

function kebab(id: string): string {
  return id.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
