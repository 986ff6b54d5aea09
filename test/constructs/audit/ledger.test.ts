import {
  appendPut,
  type Decision,
  GENESIS,
  headOf,
  headQuery,
  nextEntry,
  nextPut,
  type SealedEntry,
  type StoredEntry,
  seal,
  sha256,
  storedEntryOf,
  verifyLedger,
} from '../../../constructs';

function decision(changes: Partial<Decision> = {}): Decision {
  return {
    type: 'Model Registered',
    subject: 'model/iris/1.0.0',
    actor: 'grace',
    at: '2026-11-25T06:00:00.000Z',
    details: { digest: 'sha256:1', approvals: 1 },
    ...changes,
  };
}

/** A chain of `length` entries. */
function chain(length: number): SealedEntry[] {
  const entries: SealedEntry[] = [];
  for (let index = 0; index < length; index += 1) {
    const last = entries.at(-1);
    const head = last && { sequence: last.entry.sequence, hash: last.hash };
    entries.push(nextEntry('platform', head, decision({ subject: `model/iris/1.0.${index}` })));
  }
  return entries;
}

const stored = ({ entry, body, hash }: SealedEntry): StoredEntry => ({
  chain: entry.chain,
  sequence: entry.sequence,
  body,
  hash,
});

/** The stored entry with another body, hashed again as a forger would. */
const forged = (entry: StoredEntry, body: string): StoredEntry => ({ ...entry, body, hash: sha256(body) });

const entries = () => chain(5).map(stored);

describe('ledger entries', () => {
  test('the first names nothing before it, the next names the first', () => {
    const [first, second] = chain(2);
    expect(first?.entry).toMatchObject({ sequence: 1, previous: GENESIS });
    expect(second?.entry).toMatchObject({ sequence: 2, previous: first?.hash });
  });

  test('the hash does not depend on the order of the fields', () => {
    const entry = nextEntry('platform', undefined, decision({ details: { a: 1, b: 2 } }));
    const other = nextEntry('platform', undefined, decision({ details: { b: 2, a: 1 } }));
    expect(other.hash).toBe(entry.hash);
  });

  test('is pinned: old entries must stay verifiable', () => {
    expect(chain(1)[0]?.hash).toMatchInlineSnapshot(
      `"sha256:0ad39bdccd4db2f83bfbdb460a3b4f6de1602037ad5441f9bbe173d48a628123"`,
    );
  });

  test.each([
    ['type', { type: 'registered' }],
    ['subject', { subject: '' }],
    ['actor', { actor: '' }],
    ['at', { at: 'now' }],
    ['details', { details: { fine: undefined } as never }],
  ])('a wrong %s is refused', (field, changes) => {
    expect(() => nextEntry('platform', undefined, decision(changes))).toThrow(field);
  });

  test('refuses a chain name that is none', () => {
    expect(() => nextEntry('Platform', undefined, decision())).toThrow('lower-case');
  });
});

describe('ledger items', () => {
  test('an entry is appended behind the head and never replaces one', () => {
    const [first] = chain(1);
    const items = [appendPut('decisions', first!).Item];
    const put = nextPut('decisions', 'platform', items, decision());
    expect(put.ConditionExpression).toBe('attribute_not_exists(chain)');
    expect(put.Item).toMatchObject({ chain: { S: 'platform' }, sequence: { N: '2' }, type: { S: 'Model Registered' } });
    expect(storedEntryOf(put.Item).body).toContain(first!.hash);
  });

  test('the head is read consistently', () => {
    expect(headQuery('decisions', 'platform')).toMatchObject({
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: 1,
    });
    expect(headOf([])).toBeUndefined();
    expect(headOf(undefined)).toBeUndefined();
  });

  test('an item that is none is refused', () => {
    expect(() => storedEntryOf({ chain: { S: 'platform' } })).toThrow('sequence');
  });
});

describe('verifyLedger', () => {
  test('a chain that nobody touched is intact', () => {
    const list = entries();
    const head = list.at(-1)?.hash;
    expect(verifyLedger(list, head)).toEqual({ intact: true, entries: 5, head, faults: [] });
    expect(verifyLedger([])).toEqual({ intact: true, entries: 0, head: GENESIS, faults: [] });
  });

  test.each<[string, (list: StoredEntry[]) => StoredEntry[], string]>([
    [
      'a changed entry',
      (list) => list.with(2, { ...list[2]!, body: list[2]!.body.replace('grace', 'mallory') }),
      'stored hash',
    ],
    [
      'a changed entry, hashed again',
      (list) => list.with(2, forged(list[2]!, list[2]!.body.replace('grace', 'mallory'))),
      'entry before it',
    ],
    ['a missing entry', (list) => list.toSpliced(2, 1), 'missing or out of order'],
    ['an inserted entry', (list) => list.toSpliced(2, 0, list[1]!), 'out of order'],
    ['swapped entries', (list) => [list[1]!, list[0]!, ...list.slice(2)], 'out of order'],
    ['an entry of another chain', (list) => list.with(2, { ...list[2]!, chain: 'other' }), 'another key'],
    ['content that is no entry', (list) => list.with(2, forged(list[2]!, '{}')), 'not a ledger entry'],
    ['content that is no JSON', (list) => list.with(2, forged(list[2]!, '{')), 'not a ledger entry'],
    ['content that is not canonical', (list) => list.with(2, forged(list[2]!, `${list[2]!.body} `)), 'not canonical'],
  ])('%s shows', (_, tamper, fault) => {
    const verdict = verifyLedger(tamper(entries()));
    expect(verdict.intact).toBe(false);
    expect(verdict.faults.map(({ text }) => text).join('; ')).toContain(fault);
  });

  test('entries missing at the end show by a head noted elsewhere', () => {
    const list = entries();
    const noted = list.at(-1)?.hash;
    expect(verifyLedger(list.slice(0, 4)).intact).toBe(true);
    expect(verifyLedger(list.slice(0, 4), noted).faults).toEqual([
      { sequence: 4, text: `no entry has the expected hash ${noted}` },
    ]);
  });

  test('a whole chain made anew shows by a head noted elsewhere', () => {
    const noted = chain(3).at(-1)?.hash;
    const [first] = chain(1);
    const anew = seal({ ...first!.entry, actor: 'mallory' });
    expect(verifyLedger([stored(anew)], noted).intact).toBe(false);
  });
});
