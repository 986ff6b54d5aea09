import { parseCaller, samePerson } from '../../../constructs/delivery/private/caller';
import { answer, RequestRefused, readRequest, respondTo } from '../../../constructs/delivery/private/http';
import { caller, signedEvent } from './support';

describe('parseCaller', () => {
  test('reads role and person of a session', () => {
    expect(parseCaller('arn:aws:sts::123456789012:assumed-role/reviewers/bob@example.com')).toEqual({
      arn: 'arn:aws:sts::123456789012:assumed-role/reviewers/bob@example.com',
      account: '123456789012',
      role: 'reviewers',
      person: 'bob@example.com',
    });
  });

  test('reads an IAM user, without a role', () => {
    expect(parseCaller('arn:aws:iam::123456789012:user/team/bob')).toMatchObject({ role: '', person: 'bob' });
  });

  test.each(['arn:aws:iam::123456789012:root', 'bob', '', 'arn:aws:sts::1:assumed-role/a/b'])('refuses %s', (arn) => {
    expect(parseCaller(arn)).toBeUndefined();
  });
});

describe('samePerson', () => {
  test('one session name in two roles is one person, whatever the case', () => {
    expect(samePerson(caller('alice', 'submitters'), caller('Alice', 'reviewers'))).toBe(true);
  });

  test('two session names are two people', () => {
    expect(samePerson(caller('alice'), caller('bob'))).toBe(false);
  });
});

describe('readRequest', () => {
  test('takes the caller from the signature', () => {
    const request = readRequest(signedEvent({ body: { version: '1.0.0' } }));
    expect(request).toMatchObject({ id: 'request-1', method: 'POST', body: { version: '1.0.0' } });
    expect(request.caller.person).toBe('alice');
  });

  test('reads a body in base64', () => {
    const event = { ...signedEvent({}), body: Buffer.from('{"a":1}').toString('base64'), isBase64Encoded: true };
    expect(readRequest(event).body).toEqual({ a: 1 });
  });

  test('a caller in body or headers is not believed', () => {
    const event = signedEvent({ body: { caller: 'root' }, headers: { 'x-caller': 'root' } });
    expect(readRequest(event).caller.person).toBe('alice');
  });

  test.each([{}, { requestContext: {} }, signedEvent({ arn: 'arn:aws:iam::123456789012:root' })])(
    'without a verified caller there is no request',
    (event) => {
      expect(() => readRequest(event)).toThrow(expect.objectContaining({ status: 401, code: 'CallerUnknown' }));
    },
  );

  test('a body that is no JSON is refused', () => {
    expect(() => readRequest({ ...signedEvent({}), body: '{' })).toThrow(/must be JSON/);
  });
});

describe('respondTo', () => {
  test('turns refusals into answers with a code', async () => {
    const refused = await respondTo(signedEvent({}), () => {
      throw new RequestRefused(409, 'Taken', 'no');
    });
    expect(refused).toMatchObject({ statusCode: 409, body: '{"error":"Taken","message":"no"}' });
  });

  test('does not hide an error of ours', async () => {
    await expect(respondTo(signedEvent({}), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  test('answers are never cached', () => {
    expect(answer(200, {}).headers).toMatchObject({ 'cache-control': 'no-store' });
  });
});
