import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EncryptionKey, ServiceClient, TokenIssuer } from '../../../constructs';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';

const PRINCIPAL = 'arn:aws:sts::123456789012:assumed-role/trigger/session';
const PARAMETERS = 'arn:aws:ssm:eu-west-1:123456789012:parameter';

/** Statements of the trigger's role, and the path of the pool's records. */
function trigger() {
  const stack = new Stack(new App(), 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'test' }).allowLogs();
  const issuer = TokenIssuer.cognito(stack, 'Issuer', { encryptionKey, domainPrefix: 'acme-ml' });
  new ServiceClient(stack, 'Client', { issuer, tenant: 'acme' });
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const identity = policies.flatMap(
    ({ Properties }) => (resolved(Properties.PolicyDocument, { 'AWS::Partition': 'aws' }) as PolicyJson).Statement,
  );
  return { identity, path: issuer.directory!.recordPath };
}

const { identity, path } = trigger();

test.each([
  ['reads the record of a client of its pool', 'ssm:GetParameter', `${PARAMETERS}${path}/client-1`, 'Allowed'],
  ['reads no parameter of others', 'ssm:GetParameter', `${PARAMETERS}/other/clients/client-1`, 'ImplicitlyDenied'],
  ['reads no parameter beside its path', 'ssm:GetParameter', `${PARAMETERS}${path}-other/x`, 'ImplicitlyDenied'],
  ['lists nothing', 'ssm:GetParametersByPath', `${PARAMETERS}${path}`, 'ImplicitlyDenied'],
  ['gives nobody another tenant', 'ssm:PutParameter', `${PARAMETERS}${path}/client-1`, 'ImplicitlyDenied'],
  [
    'reads no secret of a client',
    'cognito-idp:DescribeUserPoolClient',
    'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/p',
    'ImplicitlyDenied',
  ],
  [
    'makes no client',
    'cognito-idp:CreateUserPoolClient',
    'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/p',
    'ImplicitlyDenied',
  ],
  ['takes no other role', 'sts:AssumeRole', 'arn:aws:iam::123456789012:role/admin', 'ImplicitlyDenied'],
])('the trigger %s', async (_, action, resource, expected) => {
  expect(await simulate({ principal: PRINCIPAL, action, resource, identity })).toBe(expected);
});
