import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  type CognitoIssuerProps,
  EncryptionKey,
  ServiceClient,
  type ServiceClientProps,
  TokenIssuer,
} from '../../../constructs';
import { codes } from '../../helpers/codes';

function cognito(overrides: Partial<CognitoIssuerProps> = {}) {
  const stack = new Stack(new App(), 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'test' }).allowLogs();
  const issuer = TokenIssuer.cognito(stack, 'Issuer', { encryptionKey, domainPrefix: 'acme-ml', ...overrides });
  return { stack, issuer };
}

function client(overrides: Partial<ServiceClientProps> = {}) {
  const { stack, issuer } = cognito();
  const created = new ServiceClient(stack, 'Client', { issuer, tenant: 'acme', ...overrides });
  return { stack, issuer, client: created, template: Template.fromStack(stack) };
}

test('a user pool: nobody signs up, second factor, long passwords, protected and retained', () => {
  const template = Template.fromStack(cognito().stack);
  template.hasResource('AWS::Cognito::UserPool', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: Match.objectLike({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      DeletionProtection: 'ACTIVE',
      UserPoolTier: 'ESSENTIALS',
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 14, RequireSymbols: true }) },
    }),
  });
});

test('the trigger adds claims to tokens of machine clients, which only version 3 can', () => {
  Template.fromStack(cognito().stack).hasResourceProperties('AWS::Cognito::UserPool', {
    LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V3_0' } },
  });
});

test('only the user pool may call the trigger', () => {
  Template.fromStack(cognito().stack).hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    Principal: 'cognito-idp.amazonaws.com',
    SourceArn: Match.objectLike({ 'Fn::GetAtt': [Match.stringLikeRegexp('Issuer'), 'Arn'] }),
  });
});

test('the trigger may read the records of its own pool and no other parameter', () => {
  const { stack, issuer } = cognito();
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        {
          Action: 'ssm:GetParameter',
          Effect: 'Allow',
          Resource: {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                `:ssm:eu-west-1:123456789012:parameter${issuer.directory!.recordPath}/*`,
              ],
            ],
          },
        },
      ]),
    }),
  });
});

test('logs of the trigger are encrypted with the key', () => {
  Template.fromStack(cognito().stack).hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
});

test('one scope, one domain', () => {
  const { stack, issuer } = cognito();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
    Identifier: 'inference',
    Scopes: [{ ScopeName: 'invoke', ScopeDescription: Match.anyValue() }],
  });
  template.hasResourceProperties('AWS::Cognito::UserPoolDomain', { Domain: 'acme-ml' });
  expect(issuer.directory!.tokenUrl).toMatch(/\/oauth2\/token$/);
});

test('tokens of Cognito carry no audience: scope and client id are what is checked', () => {
  const { issuer, client: created } = client();
  expect(issuer.audience).toBeUndefined();
  expect(issuer.invokeScope).toBe('inference/invoke');
  expect(issuer.clientClaim).toBe('client_id');
  expect(issuer.clientIds).toEqual([created.clientId]);
});

test('issuer and key set are those of the pool', () => {
  const { stack, issuer } = cognito();
  expect(stack.resolve(issuer.issuerUrl)['Fn::Join'][1]).toEqual([
    'https://cognito-idp.eu-west-1.',
    { Ref: 'AWS::URLSuffix' },
    '/',
    { Ref: expect.stringContaining('Issuer') },
  ]);
  expect(issuer.jwksUrl).toBe(`${issuer.issuerUrl}/.well-known/jwks.json`);
});

test.each([
  ['domainPrefix', { domainPrefix: 'a' }],
  ['domainPrefix', { domainPrefix: 'Acme' }],
  ['domainPrefix', { domainPrefix: 'my-aws-pool' }],
  ['tenantClaim', { tenantClaim: '1x' }],
])('%s out of bounds: %o', (_, overrides) => {
  expect(codes(() => cognito(overrides))).toEqual(['InvalidFormat']);
});

test('the tenant claim is configurable', () => {
  const { stack, issuer } = cognito({ tenantClaim: 'org' });
  expect(issuer.tenantClaim).toBe('org');
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ TENANT_CLAIM: 'org' }) },
  });
});

test('a client: client credentials alone, one scope, one hour, revocable', () => {
  client().template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: [Match.objectLike({ 'Fn::Join': ['', Match.arrayWith(['/invoke'])] })],
    GenerateSecret: true,
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    AccessTokenValidity: 60,
    TokenValidityUnits: Match.objectLike({ AccessToken: 'minutes' }),
    EnableTokenRevocation: true,
    PreventUserExistenceErrors: 'ENABLED',
  });
});

test('the record of a client names its tenant and class', () => {
  const { stack, template, issuer } = client({ tenantClass: 'gold' });
  template.hasResourceProperties('AWS::SSM::Parameter', { Value: '{"tenant":"acme","tenantClass":"gold"}' });
  const name = Object.values(template.findResources('AWS::SSM::Parameter'))[0]!['Properties'].Name;
  expect(stack.resolve(name)['Fn::Join'][1][0]).toBe(`${issuer.directory!.recordPath}/`);
});

test('no secret leaves Cognito: neither output, nor parameter, nor custom resource', () => {
  const { template } = client();
  expect(JSON.stringify(template.toJSON())).not.toMatch(/ClientSecret|DescribeUserPoolClient|Custom::/);
});

test.each([
  [Duration.minutes(5), []],
  [Duration.days(1), []],
  [Duration.minutes(4), ['DurationOutOfRange']],
  [Duration.hours(25), ['DurationOutOfRange']],
])('a token may be valid for %o', (tokenValidity, expected) => {
  expect(codes(() => client({ tokenValidity }))).toEqual(expected);
});

test('every problem at once', () => {
  expect(codes(() => client({ tenant: 'A', tenantClass: '-', tokenValidity: Duration.seconds(1) }))).toEqual([
    'InvalidName',
    'InvalidName',
    'DurationOutOfRange',
  ]);
});

test('a client of an issuer that is not ours is refused', () => {
  const issuer = TokenIssuer.oidc({ issuerUrl: 'https://a.example', jwksUrl: 'https://a.example/k', audience: 'x' });
  expect(codes(() => client({ issuer }))).toEqual(['IssuerNotManaged']);
});

test('an issuer that is not ours: defaults and overrides', () => {
  const props = { issuerUrl: 'https://a.example', jwksUrl: 'https://a.example/k', audience: 'x' };
  expect(TokenIssuer.oidc(props)).toMatchObject({
    ...props,
    invokeScope: 'inference/invoke',
    tenantClaim: 'tenant',
    clientClaim: 'sub',
    clientIds: [],
  });
  const overrides = { invokeScope: 'call', tenantClaim: 'org', clientClaim: 'azp' };
  expect(TokenIssuer.oidc({ ...props, ...overrides })).toMatchObject(overrides);
});

test.each([
  ['issuerUrl', 'http://a.example'],
  ['jwksUrl', 'http://a.example'],
  ['audience', ''],
  ['invokeScope', ''],
  ['tenantClaim', 'a b'],
  ['clientClaim', ''],
])('%s of an issuer must not be %o', (name, value) => {
  const props = { issuerUrl: 'https://a.example', jwksUrl: 'https://a.example/k', audience: 'x' };
  expect(TokenIssuer.oidc(props).problems()).toEqual([]);
  expect(TokenIssuer.oidc({ ...props, [name]: value }).problems()).toEqual([
    { code: 'InvalidFormat', text: expect.stringContaining(`issuer.${name}`) },
  ]);
});

test('refused tokens are a metric of the trigger', () => {
  const { stack, issuer } = cognito();
  const metric = stack.resolve(issuer.directory!.metricRefusedTokens().toMetricConfig().metricStat);
  expect(metric).toMatchObject({ namespace: 'AWS/Lambda', metricName: 'Errors' });
});
