import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import {
  ArtifactStore,
  DatasetStore,
  EvidenceStore,
  type ImmutableStore,
  type ImmutableStoreProps,
  PromptStore,
} from '../../../constructs';
import { codes } from '../../helpers/codes';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';

const WRITER = 'arn:aws:iam::123456789012:role/writer';
const BREAK_GLASS = 'arn:aws:iam::123456789012:role/erasure';

type Make = (stack: Stack, props: ImmutableStoreProps) => ImmutableStore;
const artifacts: Make = (stack, props) => new ArtifactStore(stack, 'Store', props);
const STORES: [string, string, Make][] = [
  ['ArtifactStore', 'models/', artifacts],
  ['DatasetStore', 'datasets/', (stack, props) => new DatasetStore(stack, 'Store', props)],
  ['PromptStore', 'prompts/', (stack, props) => new PromptStore(stack, 'Store', props)],
  ['EvidenceStore', 'evidence/', (stack, props) => new EvidenceStore(stack, 'Store', props)],
];

function make(build: Make, props: Partial<ImmutableStoreProps> = {}) {
  const stack = new Stack(undefined, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  const encryptionKey = new Key(stack, 'Key');
  return { stack, store: build(stack, { encryptionKey, ...props }) };
}

function policyOf(stack: Stack): PolicyJson {
  const template = Template.fromStack(stack);
  const [id] = Object.keys(template.findResources('AWS::S3::Bucket'));
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  return resolved(policy?.['Properties'].PolicyDocument, { [`${id}.Arn`]: 'arn:aws:s3:::store' }) as PolicyJson;
}

function call(action: string, key: string, context: Record<string, string>, principal = WRITER) {
  return {
    principal,
    action,
    resource: `arn:aws:s3:::store/${key}`,
    context: { 's3:TlsVersion': '1.3', ...context },
    identity: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  };
}

describe.each(STORES)('%s', (_, prefix, build) => {
  const whole = { 's3:ObjectCreationOperation': 'true' };
  const once = { ...whole, 's3:if-none-match': '*' };

  test.each([
    ['adds an object that must not exist', 's3:PutObject', once, 'Allowed'],
    ['refuses an upload that could replace an object', 's3:PutObject', whole, 'ExplicitlyDenied'],
    ['lets the parts of an upload through', 's3:PutObject', { 's3:ObjectCreationOperation': 'false' }, 'Allowed'],
    ['refuses to hide an object', 's3:DeleteObject', {}, 'ExplicitlyDenied'],
    ['refuses to delete a version', 's3:DeleteObjectVersion', {}, 'ExplicitlyDenied'],
    ['refuses to get round the lock', 's3:BypassGovernanceRetention', {}, 'ExplicitlyDenied'],
    ['lets reads through', 's3:GetObject', {}, 'Allowed'],
  ])('%s', async (_name, action, context, verdict) => {
    const { stack } = make(build);
    const resourcePolicy = policyOf(stack);
    expect(await simulate({ ...call(action, `${prefix}a`, context), resourcePolicy })).toBe(verdict);
  });

  test('only a break-glass role deletes', async () => {
    const { stack } = make(build, { breakGlassRoles: [BREAK_GLASS] });
    const resourcePolicy = policyOf(stack);
    const erase = (who: string) =>
      simulate({ ...call('s3:DeleteObjectVersion', `${prefix}a`, {}, who), resourcePolicy });
    expect(await erase(BREAK_GLASS)).toBe('Allowed');
    expect(await erase(WRITER)).toBe('ExplicitlyDenied');
  });

  test('knows its prefix and keeps versions', () => {
    const { stack, store } = make(build);
    expect(store.prefix).toBe(prefix);
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });
});

describe('stores', () => {
  test('training may write to work/ as SageMaker does, and it expires', async () => {
    const { stack } = make(artifacts);
    const resourcePolicy = policyOf(stack);
    const write = call('s3:PutObject', 'work/iris/e1/model.tar.gz', { 's3:ObjectCreationOperation': 'true' });
    expect(await simulate({ ...write, resourcePolicy })).toBe('Allowed');
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: 'work/', ExpirationInDays: 90 })]),
      },
    });
  });

  test('evidence is locked for a year by default', () => {
    const { stack } = make((scope, props) => new EvidenceStore(scope, 'Store', props));
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } } },
    });
  });

  test('artefacts can be locked, evidence longer', () => {
    const objectLock = ObjectLockRetention.compliance(Duration.days(10));
    for (const build of [artifacts, STORES[3]![2]]) {
      Template.fromStack(make(build, { objectLock }).stack).hasResourceProperties('AWS::S3::Bucket', {
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 10 } } },
      });
    }
  });

  test('names and access logs are given through', () => {
    const { stack } = make((scope, props) => {
      const accessLogs = Bucket.fromBucketName(scope, 'Logs', 'logs');
      return artifacts(scope, { ...props, accessLogs, bucketName: 'acme-artifacts' });
    });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-artifacts',
      LoggingConfiguration: { DestinationBucketName: 'logs' },
    });
  });

  test('refuses a break-glass role that is not one', () => {
    expect(codes(() => make(artifacts, { breakGlassRoles: ['arn:aws:iam::123456789012:root'] }))).toEqual([
      'InvalidFormat',
    ]);
  });
});

function granted(grant: (store: ImmutableStore, role: Role) => void) {
  const { stack, store } = make(artifacts);
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  grant(store, role);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy?.['Properties'].PolicyDocument.Statement as Record<string, unknown>[];
}

describe('StoreGrants', () => {
  test('read reaches the objects of the prefix, lists it alone, decrypts', () => {
    const statements = granted((store, role) => store.grants.read(role).assertSuccess());
    expect(statements.map((s) => s['Action'])).toEqual([
      's3:ListBucket',
      ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectAttributes'],
      'kms:Decrypt',
    ]);
    expect(statements[0]?.['Condition']).toEqual({ StringLike: { 's3:prefix': ['models/', 'models/*'] } });
    expect(JSON.stringify(statements[1]?.['Resource'])).toContain('/models/*');
  });

  test('add writes and nothing more', () => {
    const statements = granted((store, role) => store.grants.add(role, 'models/iris/').assertSuccess());
    expect(statements.map((s) => s['Action'])).toEqual([
      ['s3:PutObject', 's3:AbortMultipartUpload'],
      ['kms:GenerateDataKey', 'kms:Decrypt'],
    ]);
    expect(JSON.stringify(statements[0]?.['Resource'])).toContain('/models/iris/*');
  });
});
