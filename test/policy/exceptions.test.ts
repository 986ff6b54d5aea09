import type { FindingEntry } from '../../constructs';
import { FINDING_METADATA, WILDCARD_METADATA } from '../../constructs/core/permission-ledger';
import { platform } from '../helpers/platform';

const nodes = platform('full').node.findAll();

const metadata = <T>(key: string): { path: string; entry: T }[] =>
  nodes.flatMap((node) =>
    node.node.metadata
      .filter((item) => item.type === key)
      .map((item) => ({ path: node.node.path, entry: item.data as T })),
  );

/** Days after today until which an exception is still left alone. */
const today = new Date().toISOString().slice(0, 10);

describe('exceptions', () => {
  test('every acknowledged finding has a reason, and none has expired', () => {
    const entries = metadata<FindingEntry>(FINDING_METADATA);
    expect(entries.length).toBeGreaterThan(5);
    expect(entries.filter(({ entry }) => entry.reason.length < 20)).toEqual([]);
    expect(entries.filter(({ entry }) => !/^\d{4}-\d{2}-\d{2}$/.test(entry.expires) || entry.expires < today)).toEqual(
      [],
    );
  });

  test('none of them reaches further than two years', () => {
    const limit = `${Number(today.slice(0, 4)) + 2}${today.slice(4)}`;
    expect(metadata<FindingEntry>(FINDING_METADATA).filter(({ entry }) => entry.expires > limit)).toEqual([]);
  });

  test('every wildcard in the ledger has a reason', () => {
    const entries = metadata<{ wildcards: string[]; reason: string }>(WILDCARD_METADATA);
    expect(entries.length).toBeGreaterThan(5);
    expect(entries.filter(({ entry }) => entry.reason.length < 20 || entry.wildcards.length === 0)).toEqual([]);
  });

  test('these rules are acknowledged, and no other', () => {
    const rules = metadata<FindingEntry>(FINDING_METADATA).map(({ entry }) => entry.rule.replace(/\[.*/s, ''));
    expect([...new Set(rules)].toSorted()).toMatchInlineSnapshot(`
      [
        "AwsSolutions-COG3",
        "AwsSolutions-COG8",
        "AwsSolutions-EC23",
        "AwsSolutions-IAM4",
        "AwsSolutions-L1",
        "AwsSolutions-S1",
        "AwsSolutions-SMG4",
        "AwsSolutions-SQS3",
        "CloudFormation-Validate::W3010",
        "CloudFormation-Validate::W9009",
      ]
    `);
  });
});
