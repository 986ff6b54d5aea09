import { asFailure, knownCause, LocalFailure } from '../../../lib/local/failure';

test.each([
  ["OSError: [Errno 28] No space left on device: '/x'", 'the disk is full'],
  ['Error: ENOSPC: no space left on device, write', 'the disk is full'],
  ['sqlite3.OperationalError: database or disk is full', 'the disk is full'],
  ['Error: listen EADDRINUSE: address already in use 127.0.0.1:4566', 'a port is in use'],
  ['OSError: [Errno 24] Too many open files', 'too many files are open'],
  ['MemoryError', 'the memory is exhausted'],
  ['NameResolutionError: Temporary failure in name resolution', 'the package index cannot be reached'],
])('%s: %s', (log, cause) => {
  expect(knownCause(log)?.cause).toBe(cause);
});

test('an ordinary log has no known cause', () => {
  expect(knownCause('INFO everything is fine')).toBeUndefined();
});

test('the text names cause, evidence, remedy and log', () => {
  const failure = new LocalFailure('it broke', { detail: ['line 1'], remedy: 'mend it', log: 'x.log' });
  expect(failure.toText()).toBe('local: it broke\n  | line 1\n  What to do: mend it\n  Whole log: x.log');
});

test('an error of the system becomes a failure with its cause', () => {
  const failure = asFailure(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  expect(failure.message).toContain('the disk is full');
  expect(failure.remedy).toContain('free some space');
});

test('a failure stays the one that it is', () => {
  const failure = new LocalFailure('x');
  expect(asFailure(failure)).toBe(failure);
});
