import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CellInput } from '../platform';
import { ArtifactReplicationStack } from './artifact-replication-stack';

/** What needs both planes: deployed last, the only stage that needs an order. */
export class LinksStage extends Stage {
  constructor(scope: Construct, id: string, input: CellInput) {
    super(scope, id, { env: { account: input.names.account, region: input.names.region } });
    new ArtifactReplicationStack(this, 'ArtifactReplication', { input });
  }
}
