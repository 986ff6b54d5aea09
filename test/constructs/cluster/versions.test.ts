import { REVIEWED_ON, VERSIONS } from '../../../constructs/cluster';

const DAY = 86_400_000;

/** Pinned versions whose support ends within `days` of `today`. */
function ending(today: Date, days: number): string[] {
  return Object.entries(VERSIONS)
    .filter(([, { supportedUntil }]) => Date.parse(supportedUntil) - today.getTime() < days * DAY)
    .map(([name, { version, supportedUntil }]) => `${name} ${version} is supported until ${supportedUntil}`);
}

describe('VERSIONS', () => {
  test('all of them are supported today; a warning names those that end within 60 days', () => {
    for (const warning of ending(new Date(), 60)) process.emitWarning(warning, 'EndOfSupport');
    expect(ending(new Date(), 0)).toEqual([]);
  });

  test('all of them had 60 days left when they were reviewed', () => {
    expect(ending(new Date(REVIEWED_ON), 60)).toEqual([]);
  });

  test('the end of one is seen 60 days before, and not 61', () => {
    const end = Date.parse(VERSIONS.envoyGateway.supportedUntil);
    expect(ending(new Date(end - 59 * DAY), 60)).toEqual(['envoyGateway 1.9.1 is supported until 2027-02-14']);
    expect(ending(new Date(end - 61 * DAY), 60)).toEqual([]);
  });

  test.each(Object.entries(VERSIONS))('%s names where its dates are from', (_, { source, supportedUntil }) => {
    expect(source).toMatch(/^https:\/\//);
    expect(supportedUntil).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});
