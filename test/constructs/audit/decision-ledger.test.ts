import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DecisionLedger } from '../../../constructs';
import { type PolicyJson, simulate } from '../../helpers/simulate';

const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/decisions';

function make(tableName?: string) {
  const stack = new Stack();
  const ledger = new DecisionLedger(stack, 'Ledger', { encryptionKey: new Key(stack, 'Key'), tableName });
  return { stack, ledger };
}

function granted(grant: (ledger: DecisionLedger, role: Role) => void): unknown[] {
  const { stack, ledger } = make();
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  grant(ledger, role);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy?.['Properties'].PolicyDocument.Statement.map((one: { Action: unknown }) => one.Action);
}

describe('DecisionLedger', () => {
  test('is encrypted with a customer key, recoverable, protected and kept', () => {
    Template.fromStack(make('acme-decisions').stack).hasResource('AWS::DynamoDB::Table', {
      Properties: {
        TableName: 'acme-decisions',
        KeySchema: [
          { AttributeName: 'chain', KeyType: 'HASH' },
          { AttributeName: 'sequence', KeyType: 'RANGE' },
        ],
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test.each([
    ['dynamodb:PutItem', 'Allowed'],
    ['dynamodb:Query', 'Allowed'],
    ['dynamodb:UpdateItem', 'ExplicitlyDenied'],
    ['dynamodb:DeleteItem', 'ExplicitlyDenied'],
    ['dynamodb:BatchWriteItem', 'ExplicitlyDenied'],
    ['dynamodb:PartiQLDelete', 'ExplicitlyDenied'],
    ['dynamodb:PartiQLUpdate', 'ExplicitlyDenied'],
  ])('to an administrator, %s is %s', async (action, verdict) => {
    const [table] = Object.values(Template.fromStack(make().stack).findResources('AWS::DynamoDB::Table'));
    const judged = await simulate({
      principal: 'arn:aws:iam::123456789012:role/admin',
      action,
      resource: TABLE,
      identity: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
      resourcePolicy: table?.['Properties'].ResourcePolicy.PolicyDocument as PolicyJson,
    });
    expect(judged).toBe(verdict);
  });

  const KEY = expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']);

  test('grants.append reads the head and puts, and nothing else', () => {
    expect(granted((ledger, role) => ledger.grants.append(role))).toEqual([
      ['dynamodb:Query', 'dynamodb:PutItem'],
      KEY,
    ]);
  });

  test('grants.read does not write', () => {
    expect(granted((ledger, role) => ledger.grants.read(role))).toEqual([
      ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'],
      KEY,
    ]);
  });
});
