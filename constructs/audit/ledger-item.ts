import { z } from 'zod';
import { type ChainHead, type Decision, nextEntry, type SealedEntry } from './ledger-entry';

const storedSchema = z.object({
  chain: z.object({ S: z.string() }),
  sequence: z.object({ N: z.string().regex(/^\d+$/) }),
  body: z.object({ S: z.string() }),
  hash: z.object({ S: z.string() }),
});

/** An entry as the table holds it. */
export interface StoredEntry {
  readonly chain: string;
  readonly sequence: number;
  /** Canonical JSON of the entry. */
  readonly body: string;
  readonly hash: string;
}

/** The query for the last entry of `chain`. Read it consistently, right before appending. */
export function headQuery(table: string, chain: string) {
  return {
    TableName: table,
    KeyConditionExpression: 'chain = :chain',
    ExpressionAttributeValues: { ':chain': { S: chain } },
    ConsistentRead: true,
    ScanIndexForward: false,
    Limit: 1,
  };
}

/** Where the chain ends, by the answer to `headQuery`; none for a chain without entries. */
export function headOf(items: readonly Readonly<Record<string, unknown>>[] | undefined): ChainHead | undefined {
  const [last] = items ?? [];
  if (!last) return undefined;
  const { sequence, hash } = storedEntryOf(last);
  return { sequence, hash };
}

/** The entry that `item` holds. */
export function storedEntryOf(item: Readonly<Record<string, unknown>>): StoredEntry {
  const { chain, sequence, body, hash } = storedSchema.parse(item);
  return { chain: chain.S, sequence: Number(sequence.N), body: body.S, hash: hash.S };
}

/**
 * The write that appends `sealed`: as `Put` of a DynamoDB transaction or as input of PutItem. It fails when somebody else
 * appended in between: read the head again and make the entry anew.
 */
export function appendPut(table: string, sealed: SealedEntry) {
  const { entry, body, hash } = sealed;
  return {
    TableName: table,
    Item: {
      chain: { S: entry.chain },
      sequence: { N: String(entry.sequence) },
      type: { S: entry.type },
      subject: { S: entry.subject },
      at: { S: entry.at },
      body: { S: body },
      hash: { S: hash },
    },
    ConditionExpression: 'attribute_not_exists(chain)',
  };
}

/** The write that appends `decision` behind the head that `items`, the answer to `headQuery`, shows. */
export function nextPut(
  table: string,
  chain: string,
  items: readonly Readonly<Record<string, unknown>>[] | undefined,
  decision: Decision,
) {
  return appendPut(table, nextEntry(chain, headOf(items), decision));
}
