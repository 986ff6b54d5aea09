import { setTimeout as pause } from 'node:timers/promises';
import { type DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { Decision } from '../../audit/ledger-entry';
import { headQuery, nextPut } from '../../audit/ledger-item';

/** A conditional `Put` of a DynamoDB transaction. */
export interface RecordPut {
  readonly TableName: string;
  readonly Item: Record<string, { S: string } | { N: string } | { L: { S: string }[] }>;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues?: Record<string, { N: string }>;
}

/** Where decisions are written down: the records that change and one ledger entry, all or nothing. */
export interface Journal {
  /**
   * Appends `decision` to the ledger chain of `model` and writes `puts`. Answers `conflict` when a condition of `puts` did not
   * hold: nothing was written then.
   */
  write(model: string, decision: Decision, puts?: readonly RecordPut[]): Promise<'written' | 'conflict'>;
}

/** Ledger chain of a model. */
export function chainOf(model: string): string {
  return `model-${model}`;
}

/** What a ledger entry of a version is about. */
export function subjectOf(model: string, version: string): string {
  return `model/${model}/${version}`;
}

const ATTEMPTS = 8;

const cancelled = z.object({
  name: z.literal('TransactionCanceledException'),
  CancellationReasons: z.array(z.object({ Code: z.string().optional() })).default([]),
});

/** The ledger and the tables of AWS. */
export class DynamoJournal implements Journal {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #ledgerTable: string;

  constructor(client: Pick<DynamoDBClient, 'send'>, ledgerTable: string) {
    this.#client = client;
    this.#ledgerTable = ledgerTable;
  }

  public async write(
    model: string,
    decision: Decision,
    puts: readonly RecordPut[] = [],
  ): Promise<'written' | 'conflict'> {
    const chain = chainOf(model);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { Items } = await this.#client.send(new QueryCommand(headQuery(this.#ledgerTable, chain)));
      const entry = nextPut(this.#ledgerTable, chain, Items, decision);
      const TransactItems = [...puts, entry].map((Put) => ({ Put }));
      try {
        await this.#client.send(new TransactWriteItemsCommand({ TransactItems }));
        return 'written';
      } catch (error) {
        const refusal = cancelled.safeParse(error);
        if (!refusal.success) throw error;
        const codes = refusal.data.CancellationReasons.map((reason) => reason.Code);
        if (codes.slice(0, puts.length).includes('ConditionalCheckFailed')) return 'conflict';
      }
      // Somebody else appended in between: read the head again, a little later each time.
      await pause(20 * attempt);
    }
    throw new Error(`the ledger chain ${chain} was busy ${ATTEMPTS} times in a row`);
  }
}
