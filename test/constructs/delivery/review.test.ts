import { ZodError } from 'zod';
import { readRequest } from '../../../constructs/delivery/private/http';
import type { ReviewResult } from '../../../constructs/delivery/private/schemas';
import { type ReviewPorts, review } from '../../../constructs/delivery/review-decision/review';
import { type ParkPorts, park } from '../../../constructs/delivery/review-request/park';
import {
  ACCOUNT,
  ARTIFACT_DIGEST,
  approvalBy,
  caller,
  digestOf,
  gateResult,
  MemoryBus,
  MemoryTables,
  NOW,
  REVIEWER_ROLE,
  reviewRecord,
  signedEvent,
  trainingRequest,
} from './support';

const RULES = { reviewerRoles: [REVIEWER_ROLE], account: ACCOUNT };

function room(tables = new MemoryTables().seed(reviewRecord()), waiting = ['token-1']) {
  const events = new MemoryBus();
  const answered: { token: string; output: ReviewResult }[] = [];
  const lines: string[] = [];
  const ports: ReviewPorts = {
    reviews: tables,
    journal: tables,
    events,
    tokens: {
      succeed: async (token, output) => {
        if (!waiting.includes(token)) return 'gone';
        answered.push({ token, output });
        return 'taken';
      },
    },
    reviewTable: 'reviews',
    now: () => NOW,
    measure: (line) => lines.push(line),
  };
  const say = async (person: string, body: unknown, method = 'POST') => {
    const arn = caller(person, REVIEWER_ROLE).arn;
    const path = { model: 'iris', version: '1.2.0' };
    const answer = await review(readRequest(signedEvent({ arn, method, path, body })), ports, RULES);
    return { status: answer.statusCode, body: JSON.parse(answer.body), text: answer.body };
  };
  return { tables, events, answered, lines, say };
}

const approve = { decision: 'approve', artifactDigest: ARTIFACT_DIGEST, comment: 'fine' };

describe('review', () => {
  test('shows reviews without their task tokens', async () => {
    const { say } = room();
    const { body, text } = await say('bob', undefined, 'GET');
    expect(body.reviews).toMatchObject([
      { status: 'open', artifactDigest: ARTIFACT_DIGEST, submitter: { person: 'alice' } },
    ]);
    expect(text).not.toContain('token-1');
  });

  test('an approval is written down, resumes the workflow and is announced', async () => {
    const { say, tables, answered, events, lines } = room();
    expect((await say('bob', approve)).body).toEqual({
      status: 'approved',
      approvals: 1,
      missing: 0,
      workflow: 'resumed',
    });
    const approvers = [caller('bob', REVIEWER_ROLE).arn];
    expect(answered).toEqual([{ token: 'token-1', output: { decision: 'approved', approvers, comment: 'fine' } }]);
    expect(tables.decisions).toMatchObject([
      { type: 'Review Decided', actor: approvers[0], details: { decision: 'approve' } },
    ]);
    expect(events.events).toMatchObject([{ type: 'Review Decided', detail: { status: 'approved' } }]);
    expect(JSON.parse(lines[0]!)).toMatchObject({ Model: 'iris', ReviewAge: 7200 });
  });

  test('the first of two approvals does not resume it', async () => {
    const { say, answered } = room(new MemoryTables().seed(reviewRecord({ requiredApprovals: 2 })));
    expect((await say('bob', approve)).body).toEqual({
      status: 'open',
      approvals: 1,
      missing: 1,
      workflow: 'waiting for reviewers',
    });
    expect(answered).toEqual([]);
    expect((await say('carol', approve)).body).toMatchObject({ status: 'approved', workflow: 'resumed' });
  });

  test('a rejection resumes it with the comment', async () => {
    const { say, answered } = room();
    await say('bob', { ...approve, decision: 'reject', comment: 'biased' });
    expect(answered[0]!.output).toEqual({ decision: 'rejected', approvers: [], comment: 'biased' });
  });

  test.each([
    ['alice', approve, 403, 'ReviewerIsSubmitter'],
    ['bob', { ...approve, artifactDigest: digestOf('0') }, 409, 'OtherArtifact'],
  ])('refuses %s saying %j', async (person, body, status, code) => {
    const { say, tables, answered } = room();
    await expect(say(person, body)).rejects.toMatchObject({ status, code });
    expect([tables.decisions, answered]).toEqual([[], []]);
  });

  test.each([{}, { decision: 'maybe' }, { ...approve, reviewer: 'carol' }])('refuses the body %j', async (body) => {
    await expect(room().say('bob', body)).rejects.toThrow(ZodError);
  });

  test('a version that nobody asked to review is not found', async () => {
    await expect(room(new MemoryTables()).say('bob', approve)).rejects.toMatchObject({ status: 404 });
  });

  test('of two who decide at once the slower one is told', async () => {
    const { say, tables } = room();
    const [stale] = await tables.reviews('iris', '1.2.0');
    tables.reviews = async () => [stale!];
    await say('bob', approve);
    await expect(say('carol', approve)).rejects.toMatchObject({ status: 409, code: 'ReviewChanged' });
  });

  test('a workflow that called again meanwhile is resumed by its newer token', async () => {
    const { say, tables, answered } = room(new MemoryTables().seed(reviewRecord()), ['token-2']);
    const look = tables.review.bind(tables);
    tables.review = async (...key) => ({ ...(await look(...key))!, taskToken: 'token-2' });
    expect((await say('bob', approve)).body).toMatchObject({ workflow: 'resumed' });
    expect(answered[0]!.token).toBe('token-2');
  });

  test('a repetition resumes a workflow that missed the answer', async () => {
    const approved = reviewRecord({ status: 'approved', approvals: [approvalBy('bob')], taskToken: 'token-3' });
    const { say, tables, answered } = room(new MemoryTables().seed(approved), ['token-3']);
    expect((await say('bob', approve)).body).toMatchObject({ status: 'approved', workflow: 'resumed' });
    expect(answered).toHaveLength(1);
    expect(tables.decisions).toEqual([]);
  });

  test('a workflow that went on is not waiting', async () => {
    const { say } = room(new MemoryTables().seed(reviewRecord()), []);
    expect((await say('bob', approve)).body).toMatchObject({ status: 'approved', workflow: 'not waiting' });
  });

  test('a bus that is down does not undo a decision', async () => {
    const { say, events, answered, lines } = room();
    events.down = true;
    expect((await say('bob', approve)).status).toBe(200);
    expect(answered).toHaveLength(1);
    expect(lines.some((line) => line.includes('EventsLost'))).toBe(true);
  });
});

function desk(tables = new MemoryTables()) {
  const events = new MemoryBus();
  const ports: ParkPorts = {
    reviews: tables,
    journal: tables,
    events,
    reviewTable: 'reviews',
    actor: 'arn:role',
    now: () => NOW,
  };
  return { tables, events, ports };
}

const event = (changes = {}) => ({
  taskToken: 'token-1',
  request: trainingRequest(),
  gate: gateResult(),
  requiredApprovals: 2,
  deadlineSeconds: 3600,
  escalated: false,
  ...changes,
});

describe('park', () => {
  test('opens a review with a deadline and calls the reviewers', async () => {
    const { tables, events, ports } = desk();
    expect(await park(event(), ports)).toEqual({ status: 'open', deadline: '2026-03-01T13:00:00.000Z' });
    expect(await tables.review('iris', '1.2.0', '1.2.0-abc')).toMatchObject({
      taskToken: 'token-1',
      requiredApprovals: 2,
      artifactDigest: ARTIFACT_DIGEST,
      revision: 1,
    });
    expect(tables.types).toEqual(['Review Requested']);
    expect(events.events).toMatchObject([
      { type: 'Review Requested', detail: { deadline: '2026-03-01T13:00:00.000Z' } },
    ]);
  });

  test('no token leaves the table', async () => {
    const { tables, events, ports } = desk();
    await park(event(), ports);
    expect(JSON.stringify([tables.decisions, events.events])).not.toContain('token-1');
  });

  test('calling again keeps the deadline and what was decided, and takes the new token', async () => {
    const before = reviewRecord({ requiredApprovals: 2, approvals: [approvalBy('bob')] });
    const { tables, events, ports } = desk(new MemoryTables().seed(before));
    await park(event({ taskToken: 'token-2', escalated: true }), ports);
    expect(await tables.review('iris', '1.2.0', '1.2.0-abc')).toEqual({
      ...before,
      taskToken: 'token-2',
      escalated: true,
      revision: 2,
    });
    expect(events.events).toMatchObject([{ type: 'Review Escalated', detail: { approvals: 1 } }]);
  });

  test('a record that changed meanwhile is an error, so that the workflow calls again', async () => {
    const { tables, ports } = desk(new MemoryTables().seed(reviewRecord()));
    tables.review = async () => undefined;
    await expect(park(event(), ports)).rejects.toThrow(/changed meanwhile/);
  });

  test('a bus that is down is an error: nobody would know of the review', async () => {
    const { events, ports } = desk();
    events.down = true;
    await expect(park(event(), ports)).rejects.toThrow('the bus is down');
  });
});
