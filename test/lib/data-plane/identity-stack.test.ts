import { Match, Template } from 'aws-cdk-lib/assertions';
import type { PlatformConfigInput } from '../../../lib/config/schema';
import { IdentityStack } from '../../../lib/data-plane/identity-stack';
import { cellInput, testApp } from './fixture';

function identity(config: PlatformConfigInput['identity'] = {}) {
  const stack = new IdentityStack(testApp(), 'Identity', { input: cellInput({ identity: config }) });
  return { stack, template: Template.fromStack(stack) };
}

test('by default a user pool without clients', () => {
  const { stack, template } = identity();
  template.resourceCountIs('AWS::Cognito::UserPool', 1);
  template.resourceCountIs('AWS::Cognito::UserPoolClient', 0);
  template.hasResourceProperties('AWS::Cognito::UserPoolDomain', { Domain: 'acme-ml-main-123456789012' });
  expect(stack.issuer.clientIds).toEqual([]);
  expect(stack.terminationProtection).toBe(true);
});

test('each client of the configuration with its tenant, class and token lifetime', () => {
  const { stack, template } = identity({
    tokenMinutes: 15,
    clients: [
      { name: 'shop', tenant: 'acme' },
      { name: 'lab', tenant: 'globex', tenantClass: 'gold' },
    ],
  });
  template.resourceCountIs('AWS::Cognito::UserPoolClient', 2);
  template.allResourcesProperties('AWS::Cognito::UserPoolClient', { AccessTokenValidity: 15 });
  template.hasResourceProperties('AWS::SSM::Parameter', { Value: '{"tenant":"acme","tenantClass":"standard"}' });
  template.hasResourceProperties('AWS::SSM::Parameter', { Value: '{"tenant":"globex","tenantClass":"gold"}' });
  expect(stack.issuer.clientIds).toHaveLength(2);
});

test('outputs say where a token comes from, and hold no secret', () => {
  const { template } = identity({ clients: [{ name: 'shop', tenant: 'acme' }] });
  expect(Object.keys(template.findOutputs('*')).filter((name) => !name.startsWith('Export'))).toEqual([
    'UserPoolId',
    'TokenUrl',
    'ClientIdshop',
  ]);
});

test('with an issuer of yours nothing is made', () => {
  const issuer = { url: 'https://login.example.com', jwksUrl: 'https://login.example.com/keys', audience: 'inference' };
  const { stack, template } = identity({ issuer, tenantClaim: 'org' });
  expect(template.toJSON()['Resources'] ?? {}).toEqual({});
  expect(stack.issuer).toMatchObject({
    issuerUrl: issuer.url,
    jwksUrl: issuer.jwksUrl,
    audience: 'inference',
    tenantClaim: 'org',
  });
});

test('the tenant claim reaches the trigger', () => {
  const { template } = identity({ tenantClaim: 'org' });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ TENANT_CLAIM: 'org' }) },
  });
});
