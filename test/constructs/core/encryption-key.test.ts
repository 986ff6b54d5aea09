import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { EncryptionKey } from '../../../constructs';

const description = 'Test';

/** Statements of the policy of the only key. */
function statements(stack: Stack): Record<string, unknown>[] {
  const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
  return key?.['Properties'].KeyPolicy.Statement;
}

function bySid(stack: Stack, sid: string): Record<string, unknown> | undefined {
  return statements(stack).find((statement) => statement['Sid'] === sid);
}

describe('EncryptionKey', () => {
  test('rotates every year and outlives its stack', () => {
    const stack = new Stack();
    new EncryptionKey(stack, 'Key', { description });
    Template.fromStack(stack).hasResource('AWS::KMS::Key', {
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('delegates to the account, and nothing by wildcard', () => {
    const stack = new Stack();
    new EncryptionKey(stack, 'Key', { description });
    expect(statements(stack)).toHaveLength(1);
    const actions = bySid(stack, 'DelegateToAccount')?.['Action'] as string[];
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions).toEqual(expect.arrayContaining(['kms:PutKeyPolicy', 'kms:Decrypt', 'kms:ScheduleKeyDeletion']));
  });

  test('has an alias only when asked for', () => {
    const stack = new Stack();
    new EncryptionKey(stack, 'Plain', { description });
    new EncryptionKey(stack, 'Named', { description, alias: 'alias/named' });
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Alias', 1);
  });

  test('a key that signs does not rotate', () => {
    const stack = new Stack();
    new EncryptionKey(stack, 'Key', {
      description,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
    });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
      EnableKeyRotation: false,
    });
  });

  test('allowService confines the service to this account', () => {
    const stack = new Stack();
    new EncryptionKey(stack, 'Key', { description }).allowService('sns.amazonaws.com');
    expect(bySid(stack, 'Usesnsamazonawscom')).toMatchObject({
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  test('allowLogs confines CloudWatch Logs to log groups of this account and region', () => {
    const stack = new Stack(undefined, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
    new EncryptionKey(stack, 'Key', { description }).allowLogs();
    const statement = bySid(stack, 'UseLogs');
    expect(statement?.['Principal']).toEqual({ Service: 'logs.eu-west-1.amazonaws.com' });
    expect(JSON.stringify(statement?.['Condition'])).toContain(':logs:eu-west-1:123456789012:log-group:*');
  });

  test('allowLogDelivery confines vended logs to this account and region', () => {
    const stack = new Stack(undefined, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
    new EncryptionKey(stack, 'Key', { description }).allowLogDelivery();
    const statement = bySid(stack, 'Usedeliverylogsamazonawscom');
    expect(statement).toMatchObject({
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: { 'aws:SourceArn': expect.anything() },
      },
    });
    expect(JSON.stringify(statement?.['Condition'])).toContain(':logs:eu-west-1:123456789012:*');
  });

  test('allowTrail lets one trail encrypt, and not decrypt', () => {
    const stack = new Stack();
    const trail = 'arn:aws:cloudtrail:eu-west-1:123456789012:trail/main';
    new EncryptionKey(stack, 'Key', { description }).allowTrail(trail);
    const encrypt = bySid(stack, 'EncryptTrail');
    expect(encrypt).toMatchObject({
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 'kms:GenerateDataKey*',
      Condition: { StringEquals: { 'aws:SourceArn': trail } },
    });
    expect(JSON.stringify(encrypt?.['Condition'])).toContain('kms:EncryptionContext:aws:cloudtrail:arn');
    expect(bySid(stack, 'DescribeForTrail')).toMatchObject({ Action: 'kms:DescribeKey' });
    expect(JSON.stringify(statements(stack).slice(1))).not.toContain('Decrypt');
  });
});
