import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ModelVersion } from '../../registry/model-version';
import { versionKey, versionOf } from '../../registry/version-item';

/** What the handlers read of the registered versions. */
export class VersionStore {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #table: string;

  constructor(client: Pick<DynamoDBClient, 'send'>, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** A registered version, read consistently. */
  public async find(model: string, version: string): Promise<ModelVersion | undefined> {
    const Key = versionKey(model, version);
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }));
    return Item && versionOf(Item);
  }

  /** The version that was registered last and not revoked. */
  public async newest(model: string): Promise<ModelVersion | undefined> {
    const { pk } = versionKey(model, '');
    let newest: ModelVersion | undefined;
    let ExclusiveStartKey: Record<string, never> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
          ExpressionAttributeValues: { ':pk': pk, ':version': { S: 'version#' } },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      for (const item of page.Items ?? []) {
        const found = versionOf(item);
        if (found.stage !== 'revoked' && (!newest || found.createdAt > newest.createdAt)) newest = found;
      }
      ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
    } while (ExclusiveStartKey);
    return newest;
  }
}
