import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ArtifactReplication, EncryptionKey } from '../../constructs';
import { EventType } from '../contract';
import { platformOwner } from '../owner';
import type { CellInput } from '../platform';
import { PlatformStack } from '../platform-stack';

/** Properties for `ArtifactReplicationStack`. */
export interface ArtifactReplicationStackProps {
  /** What the link is built from. */
  readonly input: CellInput;
}

/**
 * Copies registered artefacts into the replica of one cell.
 *
 * It stands where the bus of the control plane is, because a rule must; the replica may be in another account and region.
 */
export class ArtifactReplicationStack extends PlatformStack {
  constructor(scope: Construct, id: string, { input }: ArtifactReplicationStackProps) {
    const { config, contract, names } = input;
    super(scope, id, {
      platform: config.name,
      stage: `links-${names.cell}`,
      place: contract.controlPlane,
      description: `Copies registered artefacts into the replica of the cell ${names.cell}`,
      stateful: false,
      owner: config.owner,
    });

    const encryptionKey = new EncryptionKey(this, 'Key', {
      description: `Encrypts logs and failed events of the artefact replication to ${names.cell}`,
    });
    encryptionKey.allowLogs().allowService('events.amazonaws.com');
    const { artifactBucket, keyAlias, account, region } = contract.controlPlane;
    new ArtifactReplication(this, 'Replication', {
      eventBus: EventBus.fromEventBusName(this, 'Bus', contract.controlPlane.eventBus),
      eventSource: contract.eventSource,
      eventType: EventType.modelRegistered,
      source: { bucketName: artifactBucket, account, region, keyAlias },
      target: {
        bucketName: names.artifactBucket,
        account: names.account,
        region: names.region,
        keyAlias: names.keyAlias,
      },
      roleName: names.replicatorRole,
      encryptionKey,
      owner: platformOwner(config),
      notify: new SnsAction(this.accountAlerts(contract.accounts[0]!.alertTopic)),
    });
  }

  /** The topic of the control plane's account, by name. */
  private accountAlerts(topicName: string): ITopic {
    return Topic.fromTopicArn(this, 'Alerts', this.formatArn({ service: 'sns', resource: topicName }));
  }
}
