import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountStage } from '../../../lib/account/account-stage';
import { type PlatformConfigInput, platformSchema } from '../../../lib/config/schema';
import { platformContract } from '../../../lib/contract';

const ACCOUNT = '123456789012';

/** The stacks of the account stage number `index`, by id. */
function stacks(changes: Partial<PlatformConfigInput> = {}, index = 0): Record<string, Template> {
  const config = platformSchema.parse({
    name: 'acme-ml',
    account: ACCOUNT,
    region: 'eu-west-1',
    zones: ['eu-west-1a', 'eu-west-1b'],
    domain: 'inference.example.com',
    ...changes,
  });
  const contract = platformContract(config);
  const input = { config, contract, images: { images: {} }, releases: {}, names: contract.accounts[index]! };
  const stage = new AccountStage(new App(), 'Account', input);
  const found = stage.node.children.map((child): [string, Template] => [
    child.node.id,
    Template.fromStack(child as Stack),
  ]);
  return Object.fromEntries(found);
}

const twoRegions: Partial<PlatformConfigInput> = {
  cells: ['eu-west-1', 'eu-central-1'].map((region, index) => ({
    name: `cell${index}`,
    account: ACCOUNT,
    region,
    zones: [`${region}a`, `${region}b`],
    domain: `cell${index}.example.com`,
  })),
};

describe('AccountStage', () => {
  test('makes access logs, and trail, archive and queries', () => {
    const { AccessLogs, Audit } = stacks();
    AccessLogs?.hasResourceProperties('AWS::S3::Bucket', { BucketName: `acme-ml-access-logs-${ACCOUNT}-eu-west-1` });
    Audit?.hasResourceProperties('AWS::CloudTrail::Trail', { TrailName: 'acme-ml-eu-west-1' });
    Audit?.hasResourceProperties('AWS::S3::Bucket', { BucketName: `acme-ml-log-archive-${ACCOUNT}-eu-west-1` });
    Audit?.resourceCountIs('AWS::Athena::WorkGroup', 1);
  });

  test('records every access to models, data, features and decisions', () => {
    const trail = JSON.stringify(stacks()['Audit']?.findResources('AWS::CloudTrail::Trail'));
    for (const part of ['artifacts', 'datasets', 'prompts', 'evidence', 'main-art', 'main-feat']) {
      expect(trail).toContain(`:s3:::acme-ml-${part}-${ACCOUNT}-eu-west-1/`);
    }
    for (const table of ['models', 'decisions', 'reviews']) expect(trail).toContain(`table/acme-ml-${table}`);
    expect(trail).not.toContain('log-archive-123456789012-eu-west-1/');
  });

  test('alarms reach the owner', () => {
    const { Audit } = stacks({ owner: 'ml@example.com' });
    Audit?.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ml@example.com' });
    Audit?.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [Match.anyValue()],
      AlarmDescription: Match.stringLikeRegexp('ml@example.com'),
    });
  });

  test.each([
    [{ trail: false }, 'AWS::CloudTrail::Trail'],
    [{ trail: false }, 'AWS::Athena::WorkGroup'],
    [{ queries: false }, 'AWS::Athena::WorkGroup'],
  ])('%j leaves out %s', (audit, type) => {
    stacks({ audit })['Audit']?.resourceCountIs(type, 0);
  });

  test('data events can be left out', () => {
    stacks({ audit: { dataEvents: false } })['Audit']?.hasResourceProperties('AWS::CloudTrail::Trail', {
      AdvancedEventSelectors: [Match.objectLike({ Name: 'Management' })],
    });
  });

  test('retention and lock come from the configuration', () => {
    stacks({ audit: { retentionDays: 30, objectLock: 'COMPLIANCE' } })['Audit']?.hasResourceProperties(
      'AWS::S3::Bucket',
      {
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } } },
      },
    );
  });

  test('an account that has the bucket already gets no other', () => {
    expect(stacks({ audit: { accessLogs: false } })).not.toHaveProperty('AccessLogs');
  });

  test('the second region of an account has access logs and no second trail', () => {
    expect(Object.keys(stacks(twoRegions, 1))).toEqual(['AccessLogs']);
  });
});
