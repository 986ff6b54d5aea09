import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { PlatformTable, type TableIdentity } from '../core/platform-table';

/** Properties for `ReviewTable`. */
export type ReviewTableProps = TableIdentity;

/**
 * Submissions and reviews: who submitted which version, who approved it, and the task tokens of the workflows that wait.
 *
 * On demand, customer key, point-in-time recovery, deletion protection, retained. Whoever may read it may read task tokens: give
 * nobody but the handlers of `ModelPromotion` access. Costs storage and requests.
 */
export class ReviewTable extends PlatformTable {
  constructor(scope: Construct, id: string, props: ReviewTableProps) {
    super(scope, id, {
      ...props,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
    });
  }
}
