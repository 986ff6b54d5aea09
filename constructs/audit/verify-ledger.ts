import { sha256 } from '../core/canonical-json';
import { GENESIS, ledgerEntrySchema, seal } from './ledger-entry';
import type { StoredEntry } from './ledger-item';

/** One thing that is wrong with a chain. */
export interface LedgerFault {
  /** Sequence number of the entry. */
  readonly sequence: number;
  /** What is wrong. */
  readonly text: string;
}

/** Result of a verification. */
export interface LedgerVerdict {
  /** Whether nothing is wrong. */
  readonly intact: boolean;
  /** Entries looked at. */
  readonly entries: number;
  /** Hash of the last entry: compare it with the one that you noted elsewhere. */
  readonly head: string;
  /** What is wrong, in order. */
  readonly faults: readonly LedgerFault[];
}

/**
 * Verifies one chain: complete from its first entry, in order, each entry unchanged and naming the one before it.
 *
 * Entries missing at the end leave no trace in the chain itself: give `expectedHead`, noted elsewhere, to find them.
 *
 * @param entries every entry of the chain, ascending
 * @param expectedHead hash that an entry of the chain must have
 */
export function verifyLedger(entries: readonly StoredEntry[], expectedHead?: string): LedgerVerdict {
  const faults: LedgerFault[] = [];
  let previous = GENESIS;
  entries.forEach((stored, index) => {
    for (const text of faultsOf(stored, index + 1, previous)) faults.push({ sequence: stored.sequence, text });
    previous = stored.hash;
  });
  if (expectedHead !== undefined && !entries.some((entry) => entry.hash === expectedHead)) {
    faults.push({ sequence: entries.length, text: `no entry has the expected hash ${expectedHead}` });
  }
  return { intact: faults.length === 0, entries: entries.length, head: previous, faults };
}

function faultsOf(stored: StoredEntry, sequence: number, previous: string): string[] {
  const faults: string[] = [];
  if (stored.sequence !== sequence) faults.push(`expected entry ${sequence}: entries are missing or out of order`);
  if (sha256(stored.body) !== stored.hash) faults.push('the content does not have the stored hash');
  const parsed = ledgerEntrySchema.safeParse(parseJson(stored.body));
  if (!parsed.success) return [...faults, 'the content is not a ledger entry'];
  const entry = parsed.data;
  if (seal(entry).body !== stored.body) faults.push('the content is not canonical JSON');
  if (entry.sequence !== stored.sequence || entry.chain !== stored.chain)
    faults.push('the content belongs to another key');
  if (entry.previous !== previous) faults.push('it does not name the entry before it');
  return faults;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
