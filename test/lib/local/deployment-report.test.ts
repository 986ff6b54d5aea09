import { writeFileSync } from 'node:fs';
import {
  type DeployedResource,
  deploymentReport,
  type RecordedRow,
  readJournal,
} from '../../../lib/local/deployment-report';
import { withFolder } from './helpers';

const resource = (logicalId: string, type: string, stack = 'one'): DeployedResource => ({ stack, logicalId, type });
const row = (more: Partial<RecordedRow>): RecordedRow => ({
  action: 'create',
  type: 'AWS::APS::Workspace',
  stack: 'one',
  logicalId: 'Workspace',
  ...more,
});
const none = { done: [], refused: [] };

const resources = [
  resource('Bucket', 'AWS::S3::Bucket'),
  resource('Workspace', 'AWS::APS::Workspace'),
  resource('Trail', 'AWS::CloudTrail::Trail', 'two'),
  resource('Chart', 'Custom::AWSCDK-EKS-HelmChart', 'two'),
];
const rows = [
  row({}),
  row({ type: 'AWS::CloudTrail::Trail', stack: 'two', logicalId: 'Trail' }),
  row({ type: 'Custom::AWSCDK-EKS-HelmChart', stack: 'two', logicalId: 'Chart', invented: { Value: 'x' } }),
  row({ action: 'ignored', type: 'AWS::S3::Bucket', logicalId: 'Bucket', ignored: ['BucketEncryption', 'A.b'] }),
];

test('what was recorded never counts as emulated', () => {
  const report = deploymentReport(resources, rows, none);
  expect(report.emulated).toEqual({ resources: 1, types: { 'AWS::S3::Bucket': 1 } });
  expect(report.recordedOnly.resources).toBe(3);
  expect(report.emulated.resources + report.recordedOnly.resources).toBe(report.resources);
});

test('a Helm release is recorded only', () => {
  expect(deploymentReport(resources, rows, none).recordedOnly.types['Custom::AWSCDK-EKS-HelmChart']).toBe(1);
});

test('a resource completed by an API call stays recorded and is named', () => {
  const completed = { done: [{ type: 'AWS::CloudTrail::Trail', call: 'cloudtrail:create_trail' }], refused: [] };
  const report = deploymentReport(resources, rows, completed);
  expect(report.recordedOnly.resources).toBe(3);
  expect(report.completedByApi).toEqual({ resources: 1, types: { 'AWS::CloudTrail::Trail': 1 } });
});

test('a recorded resource of the same type in another stack is told apart', () => {
  const two = [resource('Workspace', 'AWS::APS::Workspace', 'two'), resource('Workspace', 'AWS::APS::Workspace')];
  const report = deploymentReport(two, [row({})], none);
  expect(report.recordedOnly.resources).toBe(1);
});

test('an updated resource that was recorded stays recorded', () => {
  expect(deploymentReport(resources, [row({ action: 'update' })], none).recordedOnly.resources).toBe(1);
});

test('ignored properties and made-up attributes are listed by type, sorted', () => {
  const report = deploymentReport(resources, rows, none);
  expect(report.ignoredProperties).toEqual({ 'AWS::S3::Bucket': ['A.b', 'BucketEncryption'] });
  expect(report.inventedAttributes).toEqual({ 'Custom::AWSCDK-EKS-HelmChart': ['Value'] });
});

test('the bootstrap stack is not counted', () => {
  const report = deploymentReport([], [row({ stack: 'CDKToolkit', action: 'ignored', ignored: ['x'] })], none);
  expect(report.ignoredProperties).toEqual({});
});

test('refused calls are told', () => {
  const refused = [{ type: 'AWS::EKS::Addon', logicalId: 'Cni', call: 'eks:create_addon', error: 'no' }];
  expect(deploymentReport([], [], { done: [], refused }).refusedCalls).toEqual([
    'AWS::EKS::Addon Cni eks:create_addon: no',
  ]);
});

test('the journal is read back; without completion nothing was completed', async () => {
  await withFolder(async (folder) => {
    writeFileSync(`${folder}/recorded.jsonl`, `${JSON.stringify({ ...row({}), physicalId: 'x' })}\n`);
    const journal = readJournal(folder);
    expect(journal.rows).toEqual([row({})]);
    expect(journal.completed).toEqual(none);
  });
});
