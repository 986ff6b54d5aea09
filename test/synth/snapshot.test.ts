import { Stack } from 'aws-cdk-lib';
import { redactedTemplate } from '../../lib/testing';
import { assembledPlatform } from '../helpers/platform';

const { app, stacks } = assembledPlatform('crawl');

/** Types that hold data, or that cannot be replaced without an outage. */
const STATEFUL = new Set([
  'AWS::S3::Bucket',
  'AWS::S3Vectors::VectorBucket',
  'AWS::KMS::Key',
  'AWS::DynamoDB::Table',
  'AWS::EKS::Cluster',
  'AWS::Cognito::UserPool',
  'AWS::CloudTrail::Trail',
]);

describe('the crawl preset', () => {
  test.each(
    app.node
      .findAll()
      .filter(Stack.isStack)
      .map((stack) => [stack.node.path, stack] as const),
  )('%s is what was reviewed', async (path, stack) => {
    await expect(redactedTemplate(stack)).toMatchFileSnapshot(`__snapshots__/crawl/${path.replaceAll('/', '-')}.snap`);
  });

  test('what holds data keeps its logical id: another id is another, empty resource', () => {
    const found = stacks.flatMap(({ path, template }) =>
      Object.entries(template.Resources)
        .filter(([, { Type }]) => STATEFUL.has(Type))
        .map(([logicalId]) => `${path}/${logicalId}`),
    );
    expect(found.toSorted()).toMatchInlineSnapshot(`
      [
        "Account/AccessLogs/Bucket83908E77",
        "Account/Audit/ArchiveDA4CB258",
        "Account/Audit/Key961B73FD",
        "Account/Audit/QueriesResultsB9A74B2C",
        "Account/Audit/Trail022F0CF2",
        "ControlPlane/Delivery/Key961B73FD",
        "ControlPlane/Registry/Key961B73FD",
        "ControlPlane/Registry/LedgerTable9343E4AA",
        "ControlPlane/Registry/Models2109D234",
        "ControlPlane/Registry/ModelsArtifactsBucketB4E127F5",
        "ControlPlane/Registry/ModelsDatasetsBucket9CFA5C36",
        "ControlPlane/Registry/ModelsEvidenceBucket3191519E",
        "ControlPlane/Registry/ModelsPromptsBucketE3E4C28E",
        "ControlPlane/Registry/ModelsSigningKey006A6CF3",
        "ControlPlane/Registry/ReviewsAA74421E",
        "DataPlane-main/Cluster/Cluster9EE0221C",
        "DataPlane-main/Cluster/ClusterKeyB247D7DD",
        "DataPlane-main/Data/ArtifactsBucket88671897",
        "DataPlane-main/Data/FeaturesOffline809C0A32",
        "DataPlane-main/Data/Key961B73FD",
        "DataPlane-main/Edge/Key961B73FD",
        "DataPlane-main/Identity/Issuer67581740",
        "DataPlane-main/Identity/Key961B73FD",
        "DataPlane-main/Network/NetworkKey1D162FA0",
        "DataPlane-main/Telemetry/Key961B73FD",
        "DataPlane-main/Telemetry/RequestLogs6647DCB7",
        "Links-main/ArtifactReplication/Key961B73FD",
      ]
    `);
  });
});
