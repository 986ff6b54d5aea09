import type { Construct } from 'constructs';
import { acknowledgeFinding } from '../../constructs/core';
import { PlatformNetwork } from '../../constructs/network';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `NetworkStack`. */
export interface NetworkStackProps {
  /** Configuration and names of the cell. */
  readonly input: CellInput;
}

/** VPC, endpoints and flow logs of a cell. */
export class NetworkStack extends PlatformStack {
  /** The network of the cell. */
  public readonly network: PlatformNetwork;

  constructor(scope: Construct, id: string, { input }: NetworkStackProps) {
    super(scope, id, {
      platform: input.contract.platform,
      stage: input.cell.name,
      place: input.names,
      description: 'Network of the cell: VPC, endpoints, flow logs',
      stateful: true,
      owner: input.config.owner,
      zones: input.cell.zones,
    });
    acknowledgeFinding(this, {
      rule: 'CloudFormation-Validate::W3010',
      reason: 'Zones come from the configuration, so that synth asks AWS nothing and two synths are equal.',
      expires: '2027-11-30',
    });
    this.network = new PlatformNetwork(this, 'Network', { ...input.config.network, zones: input.cell.zones });
  }
}
