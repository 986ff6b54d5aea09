import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { PlatformTable, type TableIdentity } from '../core/platform-table';
import { LIVE_INDEX } from './model-version';

/** Properties for `VersionTable`. */
export type VersionTableProps = TableIdentity;

/**
 * The registered versions of every model, and which of them is live where.
 *
 * Items: `model#<name>` / `version#<version>` for a version, `model#<name>` / `live#<cell>` for what a cell serves; the index
 * `live` answers "what is live in this cell". On demand, point-in-time recovery of 35 days, encrypted with a customer key,
 * protected from deletion. Costs storage and requests.
 */
export class VersionTable extends PlatformTable {
  constructor(scope: Construct, id: string, props: VersionTableProps) {
    super(scope, id, {
      ...props,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
    });
    this.addGlobalSecondaryIndex({
      indexName: LIVE_INDEX,
      partitionKey: { name: 'cell', type: AttributeType.STRING },
      sortKey: { name: 'name', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }
}
