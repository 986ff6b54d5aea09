import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ArtifactReplicationStack } from '../../../lib/links/artifact-replication-stack';
import { cellInput } from '../data-plane/fixture';

const cells = [
  {
    name: 'far',
    account: '210987654321',
    region: 'eu-central-1',
    zones: ['eu-central-1a', 'eu-central-1b'],
    domain: 'far.example.com',
  },
];

describe('ArtifactReplicationStack', () => {
  test('stands where the bus is and writes where the cell is', () => {
    const stack = new ArtifactReplicationStack(new App(), 'ArtifactReplication', { input: cellInput({ cells }) });
    expect([stack.account, stack.region]).toEqual(['123456789012', 'eu-west-1']);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'acme-ml-delivery',
      EventPattern: { source: ['groundplane.acme-ml'], 'detail-type': ['Model Registered'] },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          SOURCE_BUCKET: 'acme-ml-artifacts-123456789012-eu-west-1',
          TARGET_BUCKET: 'acme-ml-far-art-210987654321-eu-central-1',
          TARGET_ACCOUNT: '210987654321',
          TARGET_REGION: 'eu-central-1',
        }),
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'acme-ml-far-artifact-replicator' });
  });

  test('its alarms reach the topic of the account of the control plane', () => {
    const stack = new ArtifactReplicationStack(new App(), 'ArtifactReplication', { input: cellInput({ cells }) });
    const [topic] = new Set(
      Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map((alarm) =>
        JSON.stringify(alarm['Properties'].AlarmActions),
      ),
    );
    expect(topic).toContain(':sns:eu-west-1:123456789012:acme-ml-account-alerts');
  });
});
