import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { DeliveryBus } from './delivery-bus';

/** IAM permissions on a `DeliveryBus`. */
export class DeliveryBusGrants {
  /** Builds the grants of `bus`, whose key is `key`. */
  public static fromDeliveryBus(bus: DeliveryBus, key: IKey): DeliveryBusGrants {
    return new DeliveryBusGrants(bus, key);
  }

  readonly #bus: DeliveryBus;
  readonly #key: IKey;

  private constructor(bus: DeliveryBus, key: IKey) {
    this.#bus = bus;
    this.#key = key;
  }

  /**
   * Lets `grantee` announce events in the name of the platform.
   *
   * Actions: `events:PutEvents` on the bus for its event source alone, `kms:GenerateDataKey` and `kms:Decrypt` on its key.
   */
  public announce(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.#bus.eventBus.eventBusArn],
      // The key has a value for every event of a call.
      conditions: {
        'ForAllValues:StringEquals': { 'events:source': this.#bus.eventSource },
        Null: { 'events:source': 'false' },
      },
    }).combine(this.#key.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt'));
  }
}
