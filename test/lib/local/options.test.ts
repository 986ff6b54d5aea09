import { EXIT_CODES, LocalFailure } from '../../../lib/local/failure';
import { HELP, parseOptions } from '../../../lib/local/options';

const failureOf = (args: string[]): LocalFailure => {
  try {
    parseOptions(args);
  } catch (error) {
    if (error instanceof LocalFailure) return error;
  }
  throw new Error('nothing was refused');
};

test('without flags: stays up, on port 4566, with the local configuration, state in .local', () => {
  expect(parseOptions([])).toMatchObject({
    once: false,
    json: false,
    help: false,
    worse: false,
    port: 4566,
    config: 'config/local.yaml',
    state: '.local',
  });
});

test('every flag is read', () => {
  const args = ['--once', '--json', '--worse', '--port', '5000', '--config', 'a.yaml', '--state', 'b'];
  expect(parseOptions(args)).toMatchObject({
    once: true,
    json: true,
    worse: true,
    port: 5000,
    config: 'a.yaml',
    state: 'b',
  });
});

test.each(['1023', '65534', '4566.5', 'x', ''])('port %j is refused', (port) => {
  const failure = failureOf(['--port', port]);
  expect(failure.kind).toBe('usage');
  expect(failure.message).toContain('1024 to 65533');
});

test.each(['1024', '65533'])('port %s is accepted', (port) => {
  expect(parseOptions(['--port', port]).port).toBe(Number(port));
});

test('an unknown flag and a stray word are refused as wrong usage', () => {
  expect(failureOf(['--wrong']).message).toContain('--wrong');
  expect(failureOf(['word']).kind).toBe('usage');
});

test('the help names every flag and every exit code', () => {
  for (const flag of ['--once', '--json', '--help', '--worse', '--port', '--config', '--state'])
    expect(HELP).toContain(flag);
  for (const code of Object.values(EXIT_CODES)) expect(HELP).toMatch(new RegExp(`\\b${code} `));
  expect(HELP).toContain('recorded, not applied');
});
