import { encodeEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import type { KafkaClient, KafkaProducer } from './client/kafka-client.js';
import type { ProducedRecord } from './record.js';

/** An idempotent producer that waits for all replicas: what `send` has returned for is in the log, once. */
export class EventProducer {
  private readonly producer: KafkaProducer;
  private connecting: Promise<void> | undefined;

  constructor(kafka: KafkaClient) {
    this.producer = kafka.producer();
  }

  /** Connects on first use; safe to call often. */
  connect(): Promise<void> {
    this.connecting ??= this.producer.connect().catch((error: unknown) => {
      this.connecting = undefined;
      throw error;
    });
    return this.connecting;
  }

  async send(events: readonly EventEnvelope[]): Promise<void> {
    await this.sendRecords(events.map(encodeEvent));
  }

  async sendRecords(records: readonly ProducedRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.connect();
    await this.producer.send(records);
  }

  async close(): Promise<void> {
    if (this.connecting) await this.producer.disconnect();
  }
}
