import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';

/**
 * Grants `actions` on `table`, and the use of its key through DynamoDB alone.
 *
 * @param indexes names of the indexes that the actions reach as well
 */
export function grantTable(
  table: ITable,
  grantee: IGrantable,
  actions: string[],
  indexes: readonly string[] = [],
): Grant {
  const resourceArns = [table.tableArn, ...indexes.map((index) => `${table.tableArn}/index/${index}`)];
  const grant = Grant.addToPrincipal({ grantee, actions, resourceArns });
  if (!table.encryptionKey) return grant;
  return grant.combine(
    Grant.addToPrincipal({
      grantee,
      actions: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      resourceArns: [table.encryptionKey.keyArn],
      conditions: { StringLike: { 'kms:ViaService': `dynamodb.${Stack.of(table).region}.amazonaws.com` } },
    }),
  );
}
