import type { ReviewRecord } from '../../../constructs/delivery/private/review-record';
import { type DecisionContext, decide } from '../../../constructs/delivery/review-decision/decide';
import { ACCOUNT, ARTIFACT_DIGEST, approvalBy, caller, digestOf, NOW, REVIEWER_ROLE, reviewRecord } from './support';

function attempt(options: {
  record?: ReviewRecord;
  person?: string;
  role?: string;
  decision?: 'approve' | 'reject';
  artifactDigest?: string;
  context?: Partial<DecisionContext>;
}) {
  const { record = reviewRecord(), person = 'bob', role = REVIEWER_ROLE, context = {} } = options;
  const { decision = 'approve', artifactDigest = ARTIFACT_DIGEST } = options;
  return decide(
    record,
    { decision, artifactDigest, comment: 'looked at it' },
    { reviewer: caller(person, role), now: NOW, reviewerRoles: [REVIEWER_ROLE], account: ACCOUNT, ...context },
  );
}

describe('decide', () => {
  test('one approval is enough where one is required', () => {
    expect(attempt({})).toMatchObject({
      kind: 'recorded',
      record: {
        status: 'approved',
        revision: 2,
        approvals: [{ reviewer: { person: 'bob' }, comment: 'looked at it' }],
      },
    });
  });

  test('the first of two approvals leaves the review open', () => {
    expect(attempt({ record: reviewRecord({ requiredApprovals: 2 }) })).toMatchObject({ record: { status: 'open' } });
  });

  test('the second person completes it', () => {
    const record = reviewRecord({ requiredApprovals: 2, approvals: [approvalBy('carol')] });
    expect(attempt({ record })).toMatchObject({ kind: 'recorded', record: { status: 'approved' } });
  });

  test('nobody counts twice, not by another spelling either', () => {
    const record = reviewRecord({ requiredApprovals: 2, approvals: [approvalBy('bob')] });
    expect(attempt({ record, person: 'BOB' })).toEqual({ kind: 'repeated', record });
  });

  test('one rejection ends the review', () => {
    expect(attempt({ decision: 'reject' })).toMatchObject({
      record: { status: 'rejected', rejection: { reviewer: { person: 'bob' } }, approvals: [] },
    });
  });

  test('whoever approved may still reject while the review is open', () => {
    const record = reviewRecord({ requiredApprovals: 2, approvals: [approvalBy('bob')] });
    expect(attempt({ record, decision: 'reject' })).toMatchObject({ record: { status: 'rejected' } });
  });

  test.each([
    ['a submitter', { person: 'alice' }, 'ReviewerIsSubmitter'],
    ['a submitter by another spelling', { person: 'ALICE' }, 'ReviewerIsSubmitter'],
    ['a session of another role', { role: 'administrators' }, 'NotAReviewer'],
    ['a session of another account', { context: { account: '999999999999' } }, 'NotAReviewer'],
    ['a decision on another artefact', { artifactDigest: digestOf('0') }, 'OtherArtifact'],
    ['a decision at the deadline', { context: { now: new Date('2026-03-08T10:00:00Z') } }, 'DeadlinePassed'],
    ['a decision on an expired review', { record: reviewRecord({ status: 'expired' }) }, 'ReviewClosed'],
    ['an approval after a rejection', { record: reviewRecord({ status: 'rejected' }) }, 'ReviewClosed'],
  ])('refuses %s', (_what, options, code) => {
    expect(attempt(options)).toMatchObject({ kind: 'refused', code });
  });

  test('a second before the deadline counts', () => {
    expect(attempt({ context: { now: new Date('2026-03-08T09:59:59Z') } }).kind).toBe('recorded');
  });

  test('the same decision again changes nothing', () => {
    const approved = reviewRecord({ status: 'approved', approvals: [approvalBy('bob')] });
    expect(attempt({ record: approved })).toEqual({ kind: 'repeated', record: approved });
    const rejected = reviewRecord({ status: 'rejected', rejection: approvalBy('bob') });
    expect(attempt({ record: rejected, decision: 'reject' })).toEqual({ kind: 'repeated', record: rejected });
  });

  test('somebody else cannot join a review that is over', () => {
    const approved = reviewRecord({ status: 'approved', approvals: [approvalBy('carol')] });
    expect(attempt({ record: approved })).toMatchObject({ code: 'ReviewClosed' });
  });
});
