import { readFileSync } from 'node:fs';
import { marked, type Tokens } from 'marked';
import { assembledPlatform } from '../helpers/platform';

const anchors = marked
  .lexer(readFileSync('docs/guides/runbooks.md', 'utf8'))
  .filter((token): token is Tokens.Heading => token.type === 'heading' && token.depth === 2)
  .map((heading) => heading.text);

/** Runbook sections that the alarms and alerts of the whole platform name. */
function sectionsInUse(): string[] {
  const text = [...assembledPlatform('full').stacks, ...assembledPlatform('local').stacks]
    .map((stack) => JSON.stringify(stack.template))
    .join('\n');
  return [...new Set([...text.matchAll(/runbooks\.md#([a-z-]+)/g)].map((match) => match[1]!))].toSorted();
}

describe('docs/guides/runbooks.md', () => {
  test('has a section for every alarm of the platform', () => {
    const used = sectionsInUse();
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((section) => !anchors.includes(section))).toEqual([]);
  });

  test('has no section that no alarm names', () => {
    const used = sectionsInUse();
    expect(anchors.filter((section) => !used.includes(section))).toEqual([]);
  });

  test('every alarm names an owner', () => {
    const alarms = assembledPlatform('full').stacks.flatMap((stack) =>
      Object.values(stack.template.Resources).filter((resource) => resource.Type === 'AWS::CloudWatch::Alarm'),
    );
    expect(alarms.length).toBeGreaterThan(10);
    expect(alarms.filter((alarm) => !/Owner: \S+/.test(String(alarm.Properties?.['AlarmDescription'])))).toEqual([]);
  });
});
