import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CellInput } from '../platform';
import { IdentityStack } from './identity-stack';

/** One cell of the data plane: it serves, and goes on serving while the control plane is down. */
export class DataPlaneStage extends Stage {
  constructor(scope: Construct, id: string, input: CellInput) {
    super(scope, id, { env: { account: input.names.account, region: input.names.region } });
    new IdentityStack(this, 'Identity', { input });
  }
}
