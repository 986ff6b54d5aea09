import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { grantWithWildcards } from '../core/permission-ledger';
import type { TrailQueries } from './trail-queries';

/** IAM permissions on a `TrailQueries`. */
export class TrailQueriesGrants {
  /** Builds the grants of `queries`. */
  public static fromTrailQueries(queries: TrailQueries): TrailQueriesGrants {
    return new TrailQueriesGrants(queries);
  }

  readonly #queries: TrailQueries;

  private constructor(queries: TrailQueries) {
    this.#queries = queries;
  }

  /**
   * Lets `grantee` query the trail and read the results, in this workgroup alone.
   *
   * Actions: `athena:StartQueryExecution`, `athena:GetQueryExecution`, `athena:GetQueryResults`, `athena:StopQueryExecution` on the
   * workgroup; `glue:GetDatabase`, `glue:GetTable`, `glue:GetPartitions` on the table; read on the logs, read and write on the results.
   */
  public query(grantee: IGrantable): Grant {
    const { workGroup, databaseName, tableName, archive, results } = this.#queries;
    const arn = (service: string, resource: string) => Stack.of(workGroup).formatArn({ service, resource });
    return Grant.addToPrincipal({
      grantee,
      actions: [
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:StartQueryExecution',
        'athena:StopQueryExecution',
      ],
      resourceArns: [arn('athena', `workgroup/${workGroup.name}`)],
    })
      .combine(
        Grant.addToPrincipal({
          grantee,
          actions: ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
          resourceArns: [
            arn('glue', 'catalog'),
            arn('glue', `database/${databaseName}`),
            arn('glue', `table/${databaseName}/${tableName}`),
          ],
        }),
      )
      .combine(objects(grantee, archive, ['s3:GetObject'], ['kms:Decrypt']))
      .combine(objects(grantee, results, ['s3:GetObject', 's3:PutObject'], ['kms:Decrypt', 'kms:GenerateDataKey']));
  }
}

function objects(grantee: IGrantable, bucket: IBucket, actions: string[], keyActions: string[]): Grant {
  const grant = grantWithWildcards(
    { grantee, actions, resourceArns: [bucket.arnForObjects('*')] },
    'logs and results are named when they are written',
  ).combine(
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resourceArns: [bucket.bucketArn],
    }),
  );
  return bucket.encryptionKey ? grant.combine(bucket.encryptionKey.grant(grantee, ...keyActions)) : grant;
}
