import { encodeEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Producer } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { inRequests } from './record.js';
import type { ProducedRecord } from './record.js';

/** An idempotent producer that waits for all replicas: what `send` has returned for is in the log, once. */
export class EventProducer {
  private readonly producer: Producer;
  private connecting: Promise<void> | undefined;

  constructor(kafka: KafkaConnection) {
    this.producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
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
    for (const topicMessages of inRequests(records)) await this.producer.sendBatch({ acks: -1, topicMessages });
  }

  async close(): Promise<void> {
    if (this.connecting) await this.producer.disconnect();
  }
}
