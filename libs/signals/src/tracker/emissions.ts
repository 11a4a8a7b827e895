import { instantOf, type InteractionFailed, negativeSignals, type Signal, type SignalDetected } from '@ratchet/domain';
import type { Detected } from '../detectors/detector.js';
import { withoutText } from '../detectors/without-text.js';
import { severityOf } from '../failure/severity.js';
import { idOfText } from './derived-id.js';
import type { OpenConversation, OpenWindow, TrackedInteraction } from './open-conversation.js';
import type { Route } from './route.js';
import type { Emission } from './tracked-record.js';

const MAX_TEXT_CHARS = 20_000;
/** An interaction may be as large as a record; what is told of it, with texts beside them, must still fit one. */
const MAX_ATTRIBUTE_CHARS = 8_000;
const negative: ReadonlySet<string> = new Set(negativeSignals);

export const negativeNames = (signals: readonly Signal[]): string[] => {
  const names: string[] = [];
  for (const { name } of signals) if (negative.has(name) && !names.includes(name)) names.push(name);
  return names;
};

/** Whom and what an event is about. */
export interface Subject {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly userId: string | undefined;
  readonly traceparent: string | undefined;
  readonly route: Pick<Route, 'model' | 'workload' | 'version' | 'assignment' | 'withheld'>;
}

type SubjectFields = Pick<SignalDetected, 'interactionId' | 'conversationId' | 'userId' | 'model' | 'workload' | 'version' | 'assignment'>;

const fieldsOf = ({ interactionId, conversationId, userId, route: { model, workload, version, assignment } }: Omit<Subject, 'traceparent'>): SubjectFields => ({
  interactionId,
  conversationId,
  ...(userId !== undefined && { userId }),
  model,
  workload,
  version,
  ...(assignment !== undefined && { assignment }),
});

export const signalEmission = ({ subject, detected, sourceId, timeMs, late }: { subject: Subject; detected: Detected; sourceId: string; timeMs: number; late: boolean }): Emission => {
  const { interactionId, conversationId, userId, traceparent, route } = subject;
  const id = idOfText(`signal\u0000${conversationId}\u0000${interactionId}\u0000${detected.name}\u0000${sourceId}`);
  const detectedAt = instantOf(timeMs);
  const { name, strength, evidence, correction, comment, reasons } = detected;
  const plain = !late && !route.withheld && userId === undefined && route.assignment === undefined && correction === undefined && comment === undefined && reasons === undefined;
  const { model, workload, version } = route;
  // Most signals have no optional field; a literal of fixed shape is made and written out fastest.
  const data: SignalDetected = plain
    ? { signalId: id, interactionId, conversationId, model, workload, version, name, strength, evidence, detectedAt }
    : { signalId: id, ...fieldsOf(subject), ...(route.withheld ? { ...withoutText(detected), contentWithheld: true } : detected), ...(late && { late: true }), detectedAt };
  return { type: 'ratchet.signal.detected', key: conversationId, id, traceparent, data };
};

/** The first attributes that fit. */
const boundedAttributes = (attributes: NonNullable<InteractionFailed['attributes']>): InteractionFailed['attributes'] => {
  let chars = 0;
  const kept = Object.entries(attributes).filter(([name, value]) => (chars += name.length + String(value).length) <= MAX_ATTRIBUTE_CHARS);
  return Object.fromEntries(kept);
};

interface Failed {
  readonly conversation: OpenConversation;
  readonly tracked: TrackedInteraction;
  readonly window: OpenWindow;
  readonly probability: number;
  readonly closedMs: number;
}

export const failureEmission = ({ conversation, tracked, window, probability, closedMs }: Failed): Emission => {
  const { conversationId } = conversation;
  const { interactionId, userId, traceparent, route } = tracked;
  const { query, reply, signals, said, attributes, startedAt } = window;
  const { reasons, comment, correction } = said ?? {};
  const data: InteractionFailed = {
    ...fieldsOf({ interactionId, conversationId, userId, route }),
    query: route.withheld ? '' : query.text.slice(0, MAX_TEXT_CHARS),
    response: route.withheld ? '' : reply.text.slice(0, MAX_TEXT_CHARS),
    probability,
    severity: severityOf(signals),
    signals: route.withheld ? signals.map(withoutText) : signals,
    ...(reasons !== undefined && { reasons }),
    ...(route.withheld ? { contentWithheld: true } : { ...(comment !== undefined && { comment }), ...(correction !== undefined && { correction }), ...(attributes !== undefined && { attributes: boundedAttributes(attributes) }) }),
    startedAt: typeof startedAt === 'string' ? startedAt : instantOf(conversation.startedMs + startedAt),
    closedAt: instantOf(closedMs),
  };
  return { type: 'ratchet.interaction.failed', key: conversationId, id: idOfText(`failed\u0000${conversationId}\u0000${interactionId}`), traceparent, data };
};
