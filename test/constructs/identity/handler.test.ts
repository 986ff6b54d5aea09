import { type GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

const event = {
  triggerSource: 'TokenGeneration_ClientCredentials',
  callerContext: { clientId: 'client-1' },
  response: {},
};

async function run(input: unknown, value: string | undefined) {
  const asked: string[] = [];
  vi.stubEnv('CLIENT_RECORDS', '/pool/clients');
  vi.stubEnv('TENANT_CLAIM', 'tenant');
  vi.stubEnv('TENANT_CLASS_CLAIM', 'tenant_class');
  vi.spyOn(SSMClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    asked.push((command as GetParameterCommand).input.Name ?? '');
    return { Parameter: value === undefined ? undefined : { Value: value } };
  });
  const { handler } = await import('../../../constructs/identity/tenant-claims/handler.js');
  return { answer: handler(input), asked };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('looks the client up below the path of the pool and adds its tenant', async () => {
  const { answer, asked } = await run(event, '{"tenant":"acme","tenantClass":"gold"}');
  await expect(answer).resolves.toMatchObject({
    response: {
      claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: { tenant: 'acme' } } },
    },
  });
  expect(asked).toEqual(['/pool/clients/client-1']);
});

test('a client without a record gets no token', async () => {
  const { answer } = await run(event, undefined);
  await expect(answer).rejects.toThrow(/expected object, received null/i);
});

test('a broken record gives no token', async () => {
  const { answer } = await run(event, '{"tenant":""}');
  await expect(answer).rejects.toThrow(/tenant/);
});

test('the token of a person is left as it is', async () => {
  const person = { ...event, triggerSource: 'TokenGeneration_Authentication' };
  const { answer, asked } = await run(person, undefined);
  await expect(answer).resolves.toEqual(person);
  expect(asked).toEqual([]);
});
