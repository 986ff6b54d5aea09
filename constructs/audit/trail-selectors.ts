import { Stack } from 'aws-cdk-lib';
import type { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import type { Construct } from 'constructs';

/** Data whose every access is recorded, by name: it may be of another stack or not exist yet. */
export interface DataEvents {
  /**
   * Names of S3 buckets. Never the one that receives the logs: it would log its own deliveries.
   *
   * @default - none
   */
  readonly buckets?: readonly string[];

  /**
   * Names of DynamoDB tables of this account and region.
   *
   * @default - none
   */
  readonly tables?: readonly string[];
}

/** Selectors for all management events and the data events of `data`. */
export function eventSelectors(scope: Construct, data: DataEvents): CfnTrail.AdvancedEventSelectorProperty[] {
  const { partition } = Stack.of(scope);
  const { buckets = [], tables = [] } = data;
  const selectors: CfnTrail.AdvancedEventSelectorProperty[] = [
    { name: 'Management', fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }] },
  ];
  if (buckets.length > 0) {
    const objects = buckets.map((bucket) => `arn:${partition}:s3:::${bucket}/`);
    selectors.push(dataSelector('Objects', 'AWS::S3::Object', { startsWith: objects }));
  }
  if (tables.length > 0) {
    const arns = tables.map((name) =>
      Stack.of(scope).formatArn({ service: 'dynamodb', resource: 'table', resourceName: name }),
    );
    selectors.push(dataSelector('Items', 'AWS::DynamoDB::Table', { equalTo: arns }));
  }
  return selectors;
}

function dataSelector(
  name: string,
  type: string,
  arns: Pick<CfnTrail.AdvancedFieldSelectorProperty, 'equalTo' | 'startsWith'>,
): CfnTrail.AdvancedEventSelectorProperty {
  return {
    name,
    fieldSelectors: [
      { field: 'eventCategory', equalTo: ['Data'] },
      { field: 'resources.type', equalTo: [type] },
      { field: 'resources.ARN', ...arns },
    ],
  };
}
