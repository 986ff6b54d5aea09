import { failedState, reasonOf } from '../../../constructs/delivery/model-rejection/reason';
import { type RejectPorts, reject } from '../../../constructs/delivery/model-rejection/reject';
import { caller, MemoryTables, NOW, reviewRecord } from './support';

const BASE = { model: 'iris', version: '1.2.0', submitter: caller('alice') };
const LAMBDA = {
  Error: 'Error',
  Cause: JSON.stringify({ errorType: 'Error', errorMessage: 'no dataset', trace: ['at x'] }),
};
const passed = { verdict: 'pass', reasons: [] };

describe('reasonOf', () => {
  test.each([
    ['before the check', { failure: LAMBDA }, 'InputRefused', 'Error: no dataset'],
    [
      'in training',
      { request: {}, failure: { Error: 'TrainingFailed', Cause: 'exit 1' } },
      'TrainingFailed',
      'TrainingFailed: exit 1',
    ],
    ['in evaluation', { request: {}, training: {}, failure: LAMBDA }, 'EvaluationFailed', 'Error: no dataset'],
    ['in the gate', { request: {}, training: {}, evaluation: {}, failure: LAMBDA }, 'GateFailed', 'Error: no dataset'],
    [
      'by the gate',
      { request: {}, training: {}, evaluation: {}, gate: { verdict: 'fail', reasons: ['a', 'b'] } },
      'GateRefused',
      'a; b',
    ],
    [
      'by silence',
      { request: {}, training: {}, evaluation: {}, gate: passed, failure: { Error: 'States.Timeout', Cause: '' } },
      'ReviewTimedOut',
      'no decision before the deadline: the review counts as refused',
    ],
    [
      'in the review',
      { request: {}, training: {}, evaluation: {}, gate: passed, failure: LAMBDA },
      'ReviewFailed',
      'Error: no dataset',
    ],
    [
      'by a reviewer',
      { request: {}, training: {}, evaluation: {}, gate: passed, review: { decision: 'rejected', comment: 'biased' } },
      'ReviewRejected',
      'biased',
    ],
    [
      'by a reviewer who was called twice',
      {
        request: {},
        training: {},
        evaluation: {},
        gate: passed,
        failure: { Error: 'States.Timeout' },
        review: { decision: 'rejected', comment: '' },
      },
      'ReviewRejected',
      'rejected without a comment',
    ],
    [
      'in the registration',
      {
        request: {},
        training: {},
        evaluation: {},
        gate: passed,
        review: { decision: 'approved', comment: '' },
        failure: LAMBDA,
      },
      'RegistrationFailed',
      'Error: no dataset',
    ],
  ])('ended %s', (_where, state, reason, detail) => {
    expect(reasonOf(failedState.parse({ ...BASE, ...state }))).toEqual({ reason, detail });
  });

  test('a long cause is cut to one line', () => {
    const failure = { Error: 'TrainingFailed', Cause: 'x\n'.repeat(5000) };
    const { detail } = reasonOf(failedState.parse({ ...BASE, request: {}, failure }));
    expect(detail).toHaveLength(1000);
    expect(detail).not.toContain('\n');
  });
});

function scene(tables = new MemoryTables()) {
  const lines: string[] = [];
  const ports: RejectPorts = {
    reviews: tables,
    journal: tables,
    reviewTable: 'reviews',
    actor: 'arn:role',
    now: () => NOW,
    measure: (line) => lines.push(line),
  };
  return { tables, lines, ports };
}

describe('reject', () => {
  const event = { state: { ...BASE, failure: LAMBDA }, execution: '1.2.0-abc' };

  test('writes the reason down and counts', async () => {
    const { tables, lines, ports } = scene();
    expect(await reject(event, ports)).toEqual({
      reason: 'InputRefused',
      detail: 'Error: no dataset',
      submitter: 'alice',
    });
    expect(tables.decisions).toMatchObject([{ type: 'Model Rejected', details: { reason: 'InputRefused' } }]);
    expect(JSON.parse(lines[0]!)).toMatchObject({ Model: 'iris', Rejected: 1 });
  });

  test('closes an open review, so that nobody decides on it any more', async () => {
    const { tables, ports } = scene(new MemoryTables().seed(reviewRecord()));
    await reject(event, ports);
    expect(await tables.review('iris', '1.2.0', '1.2.0-abc')).toMatchObject({ status: 'expired', revision: 2 });
  });

  test('leaves a decided review as it is', async () => {
    const { tables, ports } = scene(new MemoryTables().seed(reviewRecord({ status: 'rejected' })));
    await reject(event, ports);
    expect(await tables.review('iris', '1.2.0', '1.2.0-abc')).toMatchObject({ status: 'rejected', revision: 1 });
  });
});
