import { type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FeatureGroup } from '../../../constructs';
import { DataStack } from '../../../lib/data-plane/data-stack';
import { ServingStack } from '../../../lib/data-plane/serving-stack';
import { type PolicyJson, resolved, simulate } from '../../helpers/simulate';
import { cellInput, released, servingProps, testApp } from './fixture';

const PRINCIPAL = 'arn:aws:sts::123456789012:assumed-role/pods/session';
const ARTIFACTS = 'arn:aws:s3:::acme-ml-main-art-123456789012-eu-west-1';
const FEATURES = 'arn:aws:s3:::acme-ml-main-feat-123456789012-eu-west-1';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000';
const throughS3 = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' };

interface Policy {
  readonly Properties: { readonly PolicyDocument: PolicyJson; readonly Roles: readonly { readonly Ref: string }[] };
}

/** Statements of the role whose logical id starts with `role`. */
function identity(stack: Stack, role: string, values: Record<string, string> = {}): readonly unknown[] {
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy') as Record<string, Policy>;
  return Object.values(policies)
    .filter(({ Properties }) => Properties.Roles[0]!.Ref.startsWith(role))
    .flatMap(({ Properties }) => (resolved(Properties.PolicyDocument, values) as PolicyJson).Statement);
}

function pods(role: string): readonly unknown[] {
  const app = testApp();
  const input = cellInput(
    {
      cluster: { gpuPool: { maxGpus: 3 } },
      models: [
        { name: 'iris', server: 'fastApi' },
        { name: 'llama', server: 'vllm', gpus: 1, image: 'vllm' },
      ],
    },
    { iris: released('1.0.0'), llama: released('2.1.0') },
  );
  return identity(new ServingStack(app, 'Serving', servingProps(app, input)), role);
}

type Call = readonly [action: string, resource: string, context?: Readonly<Record<string, string>>];

/** What a key of the platform says: the policies of the account decide. */
const KEY_POLICY: PolicyJson = {
  Statement: [
    { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*', Resource: '*' },
  ],
};

/** Calls that end otherwise than they should. */
async function surprises(
  statements: readonly unknown[],
  { allowed, denied }: { readonly allowed: readonly Call[]; readonly denied: readonly Call[] },
): Promise<string[]> {
  const judge = async ([action, resource, context = {}]: Call, expected: boolean) => {
    const resourcePolicy = action.startsWith('kms:') ? KEY_POLICY : undefined;
    const call = { principal: PRINCIPAL, action, resource, context, identity: statements, resourcePolicy };
    const verdict = await simulate(call);
    return (verdict === 'Allowed') === expected ? [] : [`${action} on ${resource}: ${verdict}`];
  };
  const all = [...allowed.map((call) => judge(call, true)), ...denied.map((call) => judge(call, false))];
  return (await Promise.all(all)).flat();
}

/** Physical names of the feature bucket and the key of the data stack. */
function values(stack: Stack): Record<string, string> {
  const buckets = Object.keys(Template.fromStack(stack).findResources('AWS::S3::Bucket'));
  const bucket = buckets.find((id) => id.startsWith('FeaturesOffline'))!;
  const [key] = Object.keys(Template.fromStack(stack).findResources('AWS::KMS::Key'));
  return { [`${bucket}.Arn`]: FEATURES, [`${key}.Arn`]: KEY };
}

function glue(resource: string): string {
  return `arn:aws:glue:eu-west-1:123456789012:${resource}`;
}

describe('pods of a predictor', () => {
  test('read their artefact and nothing else', async () => {
    expect(
      await surprises(pods('Modeliris'), {
        allowed: [
          ['s3:GetObject', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
          ['kms:Decrypt', KEY, throughS3],
        ],
        denied: [
          ['s3:GetObject', `${ARTIFACTS}/models/iris/1.0.1/model.tar.gz`],
          ['s3:GetObject', `${ARTIFACTS}/models/llama/2.1.0/manifest.json`],
          ['s3:PutObject', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
          ['s3:DeleteObject', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
          ['s3:ListBucket', ARTIFACTS, { 's3:prefix': 'models/iris/' }],
          ['kms:Decrypt', KEY],
          ['kms:Decrypt', KEY, { 'kms:ViaService': 'sagemaker.eu-west-1.amazonaws.com' }],
          ['kms:GenerateDataKey', KEY, throughS3],
          ['kms:Decrypt', KEY.replace('00000000-', '11111111-'), throughS3],
          ['iam:PassRole', 'arn:aws:iam::123456789012:role/any'],
          ['sts:AssumeRole', 'arn:aws:iam::123456789012:role/any'],
          ['sagemaker:GetRecord', 'arn:aws:sagemaker:eu-west-1:123456789012:feature-group/acme-ml-main-customers'],
        ],
      }),
    ).toEqual([]);
  });
});

describe('pods of vLLM', () => {
  test('read and list their folder and nothing else', async () => {
    expect(
      await surprises(pods('Modelllama'), {
        allowed: [
          ['s3:GetObject', `${ARTIFACTS}/models/llama/2.1.0/manifest.json`],
          ['s3:GetObject', `${ARTIFACTS}/models/llama/2.1.0/model-00001.safetensors`],
          ['s3:ListBucket', ARTIFACTS, { 's3:prefix': 'models/llama/2.1.0/' }],
          ['kms:Decrypt', KEY, throughS3],
        ],
        denied: [
          ['s3:GetObject', `${ARTIFACTS}/models/llama/2.1.1/manifest.json`],
          ['s3:GetObject', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
          ['s3:ListBucket', ARTIFACTS, { 's3:prefix': 'models/' }],
          ['s3:ListBucket', ARTIFACTS],
          ['s3:PutObject', `${ARTIFACTS}/models/llama/2.1.0/model-00001.safetensors`],
        ],
      }),
    ).toEqual([]);
  });
});

describe('Feature Store', () => {
  test('writes the offline store and nothing else', async () => {
    const stack = new DataStack(testApp(), 'Data', { input: cellInput() });
    expect(
      await surprises(identity(stack, 'FeaturesRole', values(stack)), {
        allowed: [
          ['s3:PutObject', `${FEATURES}/acme-ml-main-customers/data/1.parquet`],
          ['s3:GetObject', `${FEATURES}/acme-ml-main-customers/metadata/1.json`],
          ['s3:GetBucketAcl', FEATURES],
          ['glue:UpdateTable', glue('table/acme_ml_main_features/acme_ml_main_customers')],
          ['kms:GenerateDataKey', KEY],
        ],
        denied: [
          ['s3:GetObject', `${FEATURES}/acme-ml-main-customers/data/1.parquet`],
          ['s3:DeleteObject', `${FEATURES}/acme-ml-main-customers/data/1.parquet`],
          ['s3:PutObject', `${ARTIFACTS}/models/iris/1.0.0/model.tar.gz`],
          ['glue:UpdateTable', glue('table/other/acme_ml_main_customers')],
          ['glue:DeleteTable', glue('table/acme_ml_main_features/acme_ml_main_customers')],
          ['iam:PassRole', 'arn:aws:iam::123456789012:role/any'],
        ],
      }),
    ).toEqual([]);
  });

  test('a reader of one group reads no other, and writes none', async () => {
    const app = testApp();
    const group = {
      name: 'customers',
      description: 'a customer',
      features: { id: 'string' as const, at: 'string' as const },
      recordIdentifier: 'id',
      eventTime: 'at',
    };
    const stack = new DataStack(app, 'Data', { input: cellInput({ features: { groups: [group] } }) });
    const customers = stack.featureGroups['customers'];
    expect(customers).toBeInstanceOf(FeatureGroup);
    customers!.grants.readOnline(stack.features.role);
    const arn = 'arn:aws:sagemaker:eu-west-1:123456789012:feature-group/acme-ml-main';
    expect(
      await surprises(identity(stack, 'FeaturesRole', values(stack)), {
        allowed: [
          ['sagemaker:GetRecord', `${arn}-customers`],
          ['sagemaker:BatchGetRecord', `${arn}-customers`],
        ],
        denied: [
          ['sagemaker:GetRecord', `${arn}-orders`],
          ['sagemaker:PutRecord', `${arn}-customers`],
          ['sagemaker:DeleteRecord', `${arn}-customers`],
          ['sagemaker:DeleteFeatureGroup', `${arn}-customers`],
        ],
      }),
    ).toEqual([]);
  });
});
