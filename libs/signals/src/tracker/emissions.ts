import { type InteractionFailed, negativeSignals, type Signal } from '@ratchet/domain';
import type { Detected } from '../detectors/detector.js';
import type { Exchange } from '../failure/exchange.js';
import { severityOf } from '../failure/severity.js';
import { derivedId } from './derived-id.js';
import type { TrackedInteraction } from './open-conversation.js';
import type { Emission } from './tracked-record.js';

const MAX_TEXT_CHARS = 20_000;
const negative: ReadonlySet<string> = new Set(negativeSignals);

export const negativeNames = (signals: readonly Signal[]): string[] => [...new Set(signals.map(({ name }) => name).filter((name) => negative.has(name)))];

type Subject = TrackedInteraction['subject'];

/** Without the messages, which an interaction need not keep once its window has closed. */
export const subjectOf = ({ interactionId, conversationId, userId, model, workload, version, assignment }: Subject): Subject => ({
  interactionId,
  conversationId,
  ...(userId !== undefined && { userId }),
  model,
  workload,
  version,
  ...(assignment !== undefined && { assignment }),
});

export const signalEmission = ({ subject, detected, sourceId, timeMs, late }: { subject: Subject; detected: Detected; sourceId: string; timeMs: number; late: boolean }): Emission => {
  const signalId = derivedId('signal', subject.conversationId, subject.interactionId, detected.name, sourceId);
  return {
    type: 'ratchet.signal.detected',
    key: subject.conversationId,
    id: signalId,
    data: { signalId, ...subjectOf(subject), ...detected, ...(late && { late: true }), detectedAt: new Date(timeMs).toISOString() },
  };
};

export const failureEmission = ({ tracked, exchange, probability, closedMs }: { tracked: TrackedInteraction; exchange: Exchange; probability: number; closedMs: number }): Emission => {
  const { interaction } = exchange;
  const { subject, signals, reasons, comment, correction } = tracked;
  const data: InteractionFailed = {
    ...subjectOf(subject),
    query: exchange.query.text.slice(0, MAX_TEXT_CHARS),
    response: exchange.reply.text.slice(0, MAX_TEXT_CHARS),
    probability,
    severity: severityOf(signals),
    signals,
    ...(reasons !== undefined && { reasons }),
    ...(comment !== undefined && { comment }),
    ...(correction !== undefined && { correction }),
    ...(interaction.attributes !== undefined && { attributes: interaction.attributes }),
    startedAt: interaction.startedAt,
    closedAt: new Date(closedMs).toISOString(),
  };
  return { type: 'ratchet.interaction.failed', key: subject.conversationId, id: derivedId('failed', subject.conversationId, subject.interactionId), data };
};
