import { type ReviewRecord, reviewRecord, type SubmissionRecord, submissionRecord } from './review-record';

/** An item of the review table: keys, what conditions look at, and the record as JSON. */
export interface ReviewItem {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
  readonly revision: { readonly N: string };
  readonly record: { readonly S: string };
}

/** Key of the submission of one execution. */
export function submissionKey(execution: string): Pick<ReviewItem, 'pk' | 'sk'> {
  return { pk: { S: `execution#${execution}` }, sk: { S: 'submission' } };
}

/** Key of the review of one execution. */
export function reviewKey(model: string, version: string, execution: string): Pick<ReviewItem, 'pk' | 'sk'> {
  return { pk: { S: `review#${model}@${version}` }, sk: { S: `execution#${execution}` } };
}

/** The write of a submission; it fails when the execution has one. */
export function submissionPut(table: string, record: SubmissionRecord) {
  return {
    TableName: table,
    Item: { ...submissionKey(record.execution), revision: { N: '1' }, record: { S: JSON.stringify(record) } },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** The write of a review; it fails when the stored revision is not the one that `record` was made from. */
export function reviewPut(table: string, record: ReviewRecord) {
  const Item: ReviewItem = {
    ...reviewKey(record.model, record.version, record.execution),
    revision: { N: String(record.revision) },
    record: { S: JSON.stringify(record) },
  };
  const base = { TableName: table, Item: { ...Item } };
  if (record.revision === 1) return { ...base, ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ...base,
    ConditionExpression: 'revision = :before',
    ExpressionAttributeValues: { ':before': { N: String(record.revision - 1) } },
  };
}

/** The submission that `item` holds. @throws ZodError when it is not one */
export function submissionOf(item: Readonly<Record<string, { S?: string }>>): SubmissionRecord {
  return submissionRecord.parse(JSON.parse(item['record']?.S ?? 'null'));
}

/** The review that `item` holds. @throws ZodError when it is not one */
export function reviewOf(item: Readonly<Record<string, { S?: string }>>): ReviewRecord {
  return reviewRecord.parse(JSON.parse(item['record']?.S ?? 'null'));
}
