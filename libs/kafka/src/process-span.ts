import { isSampled } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import type { TraceSpan, Tracing } from '@ratchet/observability';
import type { ConsumedRecord } from './record.js';

/** The span of one event's processing, by OpenTelemetry's conventions for messages; none where its trace is not recorded. */
export const startProcessSpan = (tracing: Tracing, { event, record, groupId }: { event: EventEnvelope; record: ConsumedRecord; groupId: string }): TraceSpan | undefined => {
  const { id, traceparent: parent } = event;
  if (parent === undefined || !isSampled(parent)) return undefined;
  const { topic, partition, offset } = record;
  return tracing.start(`process ${topic}`, {
    kind: 'consumer',
    parent,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': Number(offset),
      'messaging.consumer.group.name': groupId,
      'messaging.message.id': id,
    },
  });
};
