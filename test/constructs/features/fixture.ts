import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EncryptionKey } from '../../../constructs/core';
import { EmbeddingStore, type FeatureGroupProps, FeatureStore } from '../../../constructs/features';

/** A stack with a key, a feature store and the props of a small group. */
export function fixture() {
  const app = new App({
    context: { '@aws-cdk/core:enablePartitionLiterals': true, '@aws-cdk/aws-iam:minimizePolicies': true },
  });
  const stack = new Stack(app, 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Test' });
  const store = new FeatureStore(stack, 'Store', { encryptionKey, databaseName: 'acme_features' });
  const owner = { team: 'growth', contact: 'growth@example.com', runbook: 'https://example.com/runbook' };
  const props: FeatureGroupProps = {
    store,
    featureGroupName: 'acme-customers',
    description: 'What a customer did last month',
    owner,
    features: { customer_id: 'string', at: 'fractional', orders: 'integral', spend: 'fractional' },
    recordIdentifier: 'customer_id',
    eventTime: 'at',
  };
  return { stack, encryptionKey, store, owner, props };
}

/** The same with an embedding store. */
export function embeddingFixture() {
  const { stack, encryptionKey, owner } = fixture();
  const store = new EmbeddingStore(stack, 'Embeddings', { encryptionKey });
  return { stack, encryptionKey, props: { store, owner, indexName: 'articles', version: 1, dimension: 384 } };
}

/** Every resource of `type` in `stack`. */
export function resources(stack: Stack, type: string): Record<string, unknown>[] {
  return Object.values(Template.fromStack(stack).findResources(type));
}

/** Statements of the policy of the role whose logical id starts with `role`. */
export function statements(stack: Stack, role: string): unknown[] {
  const policies = resources(stack, 'AWS::IAM::Policy') as {
    Properties: { PolicyDocument: { Statement: unknown[] }; Roles: { Ref: string }[] };
  }[];
  return policies
    .filter(({ Properties }) => Properties.Roles[0]!.Ref.startsWith(role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}
