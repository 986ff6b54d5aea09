import { z } from 'zod';
import { canonicalJson, type JsonValue, sha256 } from '../core/canonical-json';

/** What the first entry of a chain names as the one before it. */
export const GENESIS = `sha256:${'0'.repeat(64)}`;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "use 'sha256:' and 64 lower-case hex digits");

/** What happened: the part of an entry that its writer decides. */
export const decisionSchema = z.strictObject({
  type: z.string().regex(/^[A-Z][A-Za-z ]{1,63}$/, "use words such as 'Model Registered'"),
  subject: z.string().min(1).max(1024).meta({ description: 'What it is about, for example `model/iris/1.0.0`.' }),
  actor: z.string().min(1).max(2048).meta({ description: 'Verified principal that decided.' }),
  at: z.iso.datetime().meta({ description: 'When, in UTC.' }),
  details: z.record(z.string(), z.json()).default({}).meta({ description: 'Reasons and values; no personal data.' }),
});

/** One entry of a chain. */
export const ledgerEntrySchema = z.strictObject({
  ...decisionSchema.shape,
  details: z.record(z.string(), z.json()),
  chain: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'use up to 63 lower-case letters, digits, hyphens'),
  sequence: z.int().min(1),
  previous: digest,
});

/** What happened. */
export type Decision = z.input<typeof decisionSchema>;
/** One entry of a chain, without its own hash. */
export type LedgerEntry = z.output<typeof ledgerEntrySchema>;
/** An entry with its hash. */
export interface SealedEntry {
  /** The entry. */
  readonly entry: LedgerEntry;
  /** Canonical JSON of the entry: what is hashed and stored. */
  readonly body: string;
  /** `sha256:` digest of `body`; the next entry names it. */
  readonly hash: string;
}
/** Where a chain ends. */
export interface ChainHead {
  /** Sequence number of the last entry. */
  readonly sequence: number;
  /** Its hash. */
  readonly hash: string;
}

/**
 * The entry that follows `head` in `chain`.
 *
 * @param head the last entry; none for a new chain
 * @throws ZodError when a field of `decision` does not fit
 */
export function nextEntry(chain: string, head: ChainHead | undefined, decision: Decision): SealedEntry {
  return seal(
    ledgerEntrySchema.parse({
      ...decisionSchema.parse(decision),
      chain,
      sequence: (head?.sequence ?? 0) + 1,
      previous: head?.hash ?? GENESIS,
    }),
  );
}

/** `entry` with its canonical JSON and its hash. */
export function seal(entry: LedgerEntry): SealedEntry {
  const body = canonicalJson(entry as unknown as JsonValue);
  return { entry, body, hash: sha256(body) };
}
