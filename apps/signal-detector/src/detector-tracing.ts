import { isSampled } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { startProcessSpan } from '@ratchet/kafka';
import type { TraceSpan, Tracing } from '@ratchet/observability';
import type { Emission } from '@ratchet/signals';
import type { TaskObserver } from './conversation-task.js';

const nameOf = (emission: Emission): string => (emission.type === 'ratchet.signal.detected' ? emission.data.name : 'interaction_failed');

/**
 * Spans of detection: one for an event that is traced, and one for each signal about an interaction that is. A signal that another event brought
 * to light is in its own interaction's trace, with a link to where it was found.
 */
export const tracingObserver = (tracing: Tracing, groupId: string): Pick<TaskObserver, 'onEvent'> => {
  const detection = (emission: Emission, { event, span }: { event: EventEnvelope; span: TraceSpan | undefined }): void => {
    const { traceparent, data } = emission;
    if (traceparent === undefined || !isSampled(traceparent)) return;
    const isHere = span !== undefined && traceparent === event.traceparent;
    tracing.start(`detect ${nameOf(emission)}`, {
      kind: 'internal',
      parent: isHere ? span.traceparent : traceparent,
      links: isHere || span === undefined ? [] : [span.traceparent],
      attributes: { 'ratchet.event.id': emission.id, 'ratchet.interaction.id': data.interactionId, 'ratchet.signal.name': nameOf(emission), 'ratchet.version': data.version },
    })?.end();
  };

  return {
    onEvent: (event, record) => {
      const span = startProcessSpan(tracing, { event, record, groupId });
      return (emissions) => {
        for (const emission of emissions) detection(emission, { event, span });
        span?.end();
      };
    },
  };
};
