import { deadLetterTopicOf } from '@ratchet/contracts';
import type { ConsumedRecord, ProducedRecord } from './record.js';

export interface DeadLetterReason {
  /** A code of the decoder, or `handler_fault`. */
  readonly code: string;
  readonly message: string;
}

/** The original bytes, with their place and the error in headers, so that `ratchet dlq` can show and replay them. */
export const toDeadLetter = ({ record, service, reason, nowMs }: { record: ConsumedRecord; service: string; reason: DeadLetterReason; nowMs: number }): ProducedRecord => ({
  topic: deadLetterTopicOf(record.topic, service),
  key: record.key,
  value: record.value,
  headers: {
    ...record.headers,
    ratchet_dlq_service: service,
    ratchet_dlq_code: reason.code,
    ratchet_dlq_message: reason.message.slice(0, 2_000),
    ratchet_dlq_topic: record.topic,
    ratchet_dlq_partition: String(record.partition),
    ratchet_dlq_offset: String(record.offset),
    ratchet_dlq_time: new Date(nowMs).toISOString(),
  },
});
