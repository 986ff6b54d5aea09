import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

/** Types of event that the handlers emit. */
export type DeliveryEventType = 'Review Requested' | 'Review Escalated' | 'Review Decided';

/** Where the handlers announce what they did. */
export interface EventPublisher {
  /** Puts one event on the bus. Throws when the bus does not take it. */
  publish(type: DeliveryEventType, detail: Readonly<Record<string, unknown>>): Promise<void>;
}

/** The delivery bus of AWS. */
export class BusPublisher implements EventPublisher {
  readonly #client: Pick<EventBridgeClient, 'send'>;
  readonly #bus: string;
  readonly #source: string;

  constructor(client: Pick<EventBridgeClient, 'send'>, bus: string, source: string) {
    this.#client = client;
    this.#bus = bus;
    this.#source = source;
  }

  public async publish(type: DeliveryEventType, detail: Readonly<Record<string, unknown>>): Promise<void> {
    const entry = { EventBusName: this.#bus, Source: this.#source, DetailType: type, Detail: JSON.stringify(detail) };
    const { FailedEntryCount, Entries } = await this.#client.send(new PutEventsCommand({ Entries: [entry] }));
    if (FailedEntryCount) throw new Error(`'${type}' was not put on the bus: ${Entries?.[0]?.ErrorCode ?? 'unknown'}`);
  }
}
