import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { reviewKey, reviewOf, submissionKey, submissionOf } from './review-items';
import type { ReviewRecord, SubmissionRecord } from './review-record';

/** What the handlers read of the review table; every read is consistent. */
export interface ReviewStore {
  /** The submission of an execution. */
  submission(execution: string): Promise<SubmissionRecord | undefined>;
  /** The review of an execution. */
  review(model: string, version: string, execution: string): Promise<ReviewRecord | undefined>;
  /** Every review of a version, at most 100. */
  reviews(model: string, version: string): Promise<ReviewRecord[]>;
}

/** The review table of AWS. */
export class DynamoReviewStore implements ReviewStore {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #table: string;

  constructor(client: Pick<DynamoDBClient, 'send'>, table: string) {
    this.#client = client;
    this.#table = table;
  }

  public async submission(execution: string): Promise<SubmissionRecord | undefined> {
    const Key = { ...submissionKey(execution) };
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }));
    return Item && submissionOf(Item);
  }

  public async review(model: string, version: string, execution: string): Promise<ReviewRecord | undefined> {
    const Key = { ...reviewKey(model, version, execution) };
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }));
    return Item && reviewOf(Item);
  }

  public async reviews(model: string, version: string): Promise<ReviewRecord[]> {
    const { pk } = reviewKey(model, version, '');
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
        Limit: 100,
      }),
    );
    return Items.map(reviewOf);
  }
}
