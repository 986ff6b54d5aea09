import {
  clientRecord,
  isClientCredentials,
  tokenEvent,
  withClaims,
} from '../../../constructs/identity/tenant-claims/claims';

const event = {
  version: '3',
  triggerSource: 'TokenGeneration_ClientCredentials',
  userPoolId: 'eu-west-1_abc',
  callerContext: { awsSdkVersion: 'x', clientId: 'client-1' },
  request: { scopes: ['inference/invoke'] },
  response: { claimsAndScopeOverrideDetails: null },
};
const names = { tenant: 'tenant', tenantClass: 'tenant_class' };

test('the claims of the record go into the access token, the rest of the event comes back', () => {
  expect(withClaims(tokenEvent.parse(event), { tenant: 'acme', tenantClass: 'gold' }, names)).toEqual({
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { tenant: 'acme', tenant_class: 'gold' } },
      },
    },
  });
});

test('the claim has the configured name', () => {
  const { response } = withClaims(
    tokenEvent.parse(event),
    { tenant: 'acme', tenantClass: 'gold' },
    {
      ...names,
      tenant: 'org',
    },
  );
  expect(JSON.stringify(response)).toContain('"org":"acme"');
});

test.each([
  ['TokenGeneration_ClientCredentials', true],
  ['TokenGeneration_Authentication', false],
  ['TokenGeneration_RefreshTokens', false],
])('%s is a machine client: %s', (triggerSource, expected) => {
  expect(isClientCredentials(tokenEvent.parse({ ...event, triggerSource }))).toBe(expected);
});

test.each([
  ['no client', { ...event, callerContext: {} }],
  ['an empty client', { ...event, callerContext: { clientId: '' } }],
  ['no source', { callerContext: { clientId: 'x' } }],
])('an event with %s is refused', (_, broken) => {
  expect(tokenEvent.safeParse(broken).success).toBe(false);
});

test.each([
  ['nothing', null],
  ['no tenant', { tenantClass: 'standard' }],
  ['an empty tenant', { tenant: '', tenantClass: 'standard' }],
  ['a field too many', { tenant: 'acme', tenantClass: 'standard', admin: true }],
])('a record with %s is refused', (_, broken) => {
  expect(clientRecord.safeParse(broken).success).toBe(false);
});
