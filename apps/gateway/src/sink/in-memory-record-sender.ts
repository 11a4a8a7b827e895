import type { EncodedEvent } from '@ratchet/contracts';
import type { RecordSender } from './event-sink.js';

/** The twin of Kafka's producer for tests: keeps what it acknowledged, and can be away. */
export class InMemoryRecordSender implements RecordSender {
  readonly batches: (readonly EncodedEvent[])[] = [];
  /** What each send does first; throw to fail, wait to be slow. */
  before: () => Promise<void> | void = () => undefined;

  async sendRecords(records: readonly EncodedEvent[]): Promise<void> {
    await this.before();
    this.batches.push(records);
  }

  get records(): EncodedEvent[] {
    return this.batches.flat();
  }

  /** The data of all acknowledged events of one type, in order. */
  dataOf<Data = Record<string, unknown>>(type: string): Data[] {
    return this.records.filter(({ headers }) => headers['ce_type'] === type).map(({ value }) => JSON.parse(value) as Data);
  }
}
