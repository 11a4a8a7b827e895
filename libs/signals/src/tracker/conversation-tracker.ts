import { type ConversationEnded, type Feedback, type HandoffRequested, type Interaction, queryOf, type Signal, type VitalsCounted } from '@ratchet/domain';
import { failureThresholdOf, type SignalsConfig, type SignalsConfigInput, signalsConfigSchema } from '../config.js';
import type { Detected } from '../detectors/detector.js';
import { detectError } from '../detectors/error.js';
import { escalationOfHandoff } from '../detectors/escalation.js';
import { endingDetectors, feedbackSignals, nextTurnDetectors } from '../detectors/registry.js';
import { detectSystemRepetition } from '../detectors/system-repetition.js';
import type { Ending, Exchange, NextTurn } from '../failure/exchange.js';
import { failureFeatures } from '../failure/failure-features.js';
import { type FailureEstimate, failureProbability, type FailureWeights, failureWeights } from '../failure/failure-probability.js';
import { signalOfStrongestTerm } from '../failure/strongest-term.js';
import { HASHED_EMBEDDING, overlapOf, similarityOf } from '../text/similarity.js';
import { profileOf, type TextEmbedding, type TextProfile } from '../text/text-profile.js';
import { failureEmission, negativeNames, signalEmission, subjectOf } from './emissions.js';
import { OpenConversations, type ResumePoint } from './open-conversations.js';
import { type OpenConversation, pushBounded, QUERIES_KEPT, REPLIES_KEPT, type TrackedInteraction, type Waiting, WAITING_MAX } from './open-conversation.js';
import { type Emission, type TrackedRecord, UNKNOWN_SUBJECT } from './tracked-record.js';
import { type OffsetRange, VitalsCounter, vitalsKeyOf } from './vitals-counter.js';

/** What was concluded about one interaction when its window closed. */
export interface Assessment {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly estimate: FailureEstimate;
  readonly failed: boolean;
  readonly signals: readonly Signal[];
}

export interface ConversationTrackerOptions {
  readonly config?: SignalsConfigInput;
  /** Another embedding needs its own thresholds under `config.similarity`, with its name. */
  readonly embedding?: TextEmbedding;
  readonly weights?: FailureWeights;
  /** Where a former tracker of the same partition stood; records are then applied from its offset on. */
  readonly resume?: Omit<ResumePoint, 'offset'>;
  /** Told of every interaction whose window closes, failed or not. */
  readonly onAssessed?: (assessment: Assessment) => void;
}

/**
 * The open conversations of one partition of interactions, as a pure function of its log: the same records in the same order
 * give the same emissions and counts, with no clock and no randomness of its own.
 */
export class ConversationTracker {
  readonly #config: SignalsConfig;
  readonly #embedding: TextEmbedding;
  readonly #weights: FailureWeights;
  readonly #onAssessed: (assessment: Assessment) => void;
  readonly #conversations: OpenConversations;
  readonly #vitals = new VitalsCounter();
  #emissions: Emission[] = [];

  /** Throws a RangeError when the embedding is not the one that the thresholds are for. */
  constructor({ config = {}, embedding = HASHED_EMBEDDING, weights = failureWeights, resume, onAssessed = () => undefined }: ConversationTrackerOptions = {}) {
    this.#config = signalsConfigSchema.parse(config);
    if (this.#config.similarity.embedding !== embedding.name) {
      throw new RangeError(`The similarity thresholds are for the embedding "${this.#config.similarity.embedding}", not "${embedding.name}": set similarity.{embedding,cosine,overlap} for it.`);
    }
    this.#embedding = embedding;
    this.#weights = weights;
    this.#onAssessed = onAssessed;
    this.#conversations = new OpenConversations(this.#config, resume);
  }

  get openConversations(): number {
    return this.#conversations.size;
  }

  /** The greatest event time seen, in milliseconds since the epoch; 0 before the first record. */
  get streamTimeMs(): number {
    return this.#conversations.streamTimeMs;
  }

  /** Offset of the first record of the conversation that has been open longest: a replay starts there. */
  oldestOpenOffset(): bigint | undefined {
    return this.#conversations.oldest()?.firstOffset;
  }

  /** All that a new tracker needs to reach the present state by reading from `offset` on; `committed` is the next offset to read. */
  resumePoint(committed: bigint): ResumePoint {
    return this.#conversations.resumePoint(committed);
  }

  /** Deltas since the last drain; the ids are derived from the range of records that they cover. */
  drainVitals(range: OffsetRange): VitalsCounted[] {
    return this.#vitals.drain(range);
  }

  /** Takes the next record of the partition and gives what is to be sent because of it. */
  apply(record: TrackedRecord): Emission[] {
    this.#emissions = [];
    const streamTimeBeforeMs = this.streamTimeMs;
    for (const conversation of this.#conversations.advanceTo(record.timeMs)) this.#settle(conversation, undefined);
    const { event } = record;
    if (event.type === 'ratchet.clock.advanced') return this.#emissions;
    const { conversationId } = event.data;
    if (this.#conversations.isBeforeCut(conversationId, record.offset)) return this.#emissions;
    for (const evicted of this.#conversations.makeRoomFor(conversationId, record.offset)) this.#settle(evicted, undefined);
    const conversation = this.#conversations.touch(conversationId, { record, streamTimeBeforeMs });
    switch (event.type) {
      case 'ratchet.interaction.completed':
        this.#interaction(conversation, { interaction: event.data, record });
        break;
      case 'ratchet.feedback.given':
        this.#evidence(conversation, { eventId: record.eventId, timeMs: record.timeMs, feedback: event.data });
        break;
      case 'ratchet.handoff.requested':
        this.#evidence(conversation, { eventId: record.eventId, timeMs: record.timeMs, handoff: event.data });
        break;
      case 'ratchet.conversation.ended':
        this.#conversations.remove(conversation);
        this.#settle(conversation, event.data);
    }
    return this.#emissions;
  }

  #interaction(conversation: OpenConversation, { interaction, record }: { interaction: Interaction; record: TrackedRecord }): void {
    if (conversation.interactions.has(interaction.interactionId)) return;
    const exchange = this.#exchangeOf(conversation, { interaction, untimed: record.untimed === true, timeMs: record.timeMs });
    // Steps of an agent repeat the user's message with tool results after it: only a message of the user is a new turn.
    if (interaction.input.at(-1)?.role === 'user') this.#userTurn(conversation, { exchange, record });
    const key = vitalsKeyOf(interaction);
    const tracked: TrackedInteraction = { interactionId: interaction.interactionId, subject: subjectOf(interaction), key, timeMs: record.timeMs, exchange, signals: [] };
    conversation.workload = interaction.workload;
    conversation.firstKey ??= interaction.assignment?.overridden === true ? undefined : key;
    conversation.firstRequestMs ??= requestedMsOf(interaction, record.timeMs);
    conversation.last = tracked;
    conversation.open.push(tracked);
    this.#remember(conversation, tracked);
    if (exchange.reply.content.length > 0) pushBounded(conversation.replies, { item: exchange.reply.content, max: REPLIES_KEPT });
    this.#vitals.arrival(key, { interaction, timeMs: record.timeMs });
    const source = { sourceId: record.eventId, timeMs: record.timeMs };
    this.#add(conversation, { tracked, detected: detectError(interaction), ...source });
    this.#add(conversation, { tracked, detected: detectSystemRepetition(exchange, this.#config), ...source });
    this.#takeWaiting(conversation, tracked);
  }

  #exchangeOf(conversation: OpenConversation, { interaction, untimed, timeMs }: { interaction: Interaction; untimed: boolean; timeMs: number }): Exchange {
    const reply = profileOf(interaction.output?.content ?? '', 'reply');
    let replyRepeats = 0;
    for (const earlier of conversation.replies) replyRepeats = Math.max(replyRepeats, overlapOf(earlier, reply.content));
    return {
      interaction,
      query: profileOf(queryOf(interaction), 'user'),
      reply,
      replyRepeats,
      answeredMs: requestedMsOf(interaction, timeMs - interaction.latencyMs) + interaction.latencyMs,
      timed: !untimed,
    };
  }

  #userTurn(conversation: OpenConversation, { exchange, record }: { exchange: Exchange; record: TrackedRecord }): void {
    const message = exchange.query;
    const previous = conversation.open.at(-1);
    if (previous?.exchange !== undefined) {
      const next: NextTurn = {
        message,
        afterMs: exchange.timed && previous.exchange.timed ? Math.max(0, requestedMsOf(exchange.interaction, record.timeMs) - previous.exchange.answeredMs) : undefined,
        toQuery: this.#similarity(previous.exchange.query, message),
        alikeCount: 1 + conversation.queries.filter((earlier) => this.#similarity(earlier, message).strength > 0).length,
      };
      for (const detect of nextTurnDetectors) {
        const detected = detect(previous.exchange, next, { config: this.#config });
        this.#add(conversation, { tracked: previous, detected, sourceId: record.eventId, timeMs: record.timeMs });
      }
      for (const tracked of conversation.open) this.#close(conversation, { tracked, next: tracked === previous ? next : undefined, closedMs: record.timeMs });
      conversation.open = [];
    }
    if (message.wordCount > 0) pushBounded(conversation.queries, { item: message, max: QUERIES_KEPT });
  }

  #similarity(a: TextProfile, b: TextProfile): ReturnType<typeof similarityOf> {
    return similarityOf(a, b, { config: this.#config, embedding: this.#embedding });
  }

  #remember(conversation: OpenConversation, tracked: TrackedInteraction): void {
    conversation.interactions.set(tracked.interactionId, tracked);
    if (conversation.interactions.size <= this.#config.maxInteractionsPerConversation) return;
    for (const [id, { exchange }] of conversation.interactions) {
      if (exchange !== undefined) continue;
      conversation.interactions.delete(id);
      return;
    }
  }

  #evidence(conversation: OpenConversation, waiting: Waiting): void {
    const about = aboutOf(waiting).interactionId;
    const tracked = about === undefined ? conversation.last : conversation.interactions.get(about);
    if (tracked !== undefined) this.#addEvidence(conversation, { tracked, waiting });
    else if (conversation.waiting.length < WAITING_MAX) conversation.waiting.push(waiting);
    else this.#emitUnjoined(conversation, waiting);
  }

  #takeWaiting(conversation: OpenConversation, tracked: TrackedInteraction): void {
    if (conversation.waiting.length === 0) return;
    const isAbout = (waiting: Waiting): boolean => (aboutOf(waiting).interactionId ?? tracked.interactionId) === tracked.interactionId;
    const found = conversation.waiting.filter(isAbout);
    const others = conversation.waiting.filter((waiting) => !isAbout(waiting));
    conversation.waiting.splice(0, conversation.waiting.length, ...others);
    for (const waiting of found) this.#addEvidence(conversation, { tracked, waiting });
  }

  #addEvidence(conversation: OpenConversation, { tracked, waiting }: { tracked: TrackedInteraction; waiting: Waiting }): void {
    for (const detected of this.#detectedIn(waiting)) this.#add(conversation, { tracked, detected, sourceId: waiting.eventId, timeMs: waiting.timeMs });
  }

  #detectedIn(waiting: Waiting): Detected[] {
    return 'feedback' in waiting ? feedbackSignals(waiting.feedback, this.#config) : [escalationOfHandoff(waiting.handoff)];
  }

  /** Emits a signal; while the interaction's window is open it counts towards its probability, once a name. */
  #add(conversation: OpenConversation, { tracked, detected, sourceId, timeMs }: { tracked: TrackedInteraction; detected: Detected | undefined; sourceId: string; timeMs: number }): void {
    if (detected === undefined) return;
    const closed = tracked.exchange === undefined;
    this.#emissions.push(signalEmission({ subject: tracked.subject, detected, sourceId, timeMs, late: closed || conversation.late }));
    if (closed) return;
    const { correction, comment, reasons, ...signal } = detected;
    if (correction !== undefined) tracked.correction = correction;
    if (comment !== undefined) tracked.comment = comment;
    if (reasons !== undefined) tracked.reasons = [...new Set([...(tracked.reasons ?? []), ...reasons])];
    const same = tracked.signals.findIndex(({ name }) => name === signal.name);
    if (same < 0) tracked.signals.push(signal);
    else if ((tracked.signals[same]?.strength ?? 0) < signal.strength) tracked.signals[same] = signal;
  }

  #close(conversation: OpenConversation, { tracked, next, closedMs }: { tracked: TrackedInteraction; next: NextTurn | undefined; closedMs: number }): void {
    const { exchange, key } = tracked;
    if (exchange === undefined) return;
    const estimate = failureProbability(failureFeatures({ exchange, next, signals: tracked.signals }), this.#weights);
    const failed = estimate.probability >= failureThresholdOf(this.#config, tracked.subject.workload);
    if (failed && negativeNames(tracked.signals).length === 0) {
      const detected = signalOfStrongestTerm(estimate);
      this.#add(conversation, { tracked, detected, sourceId: `${conversation.lastEventId}:closed`, timeMs: closedMs });
    }
    const negative = negativeNames(tracked.signals);
    if (tracked.subject.assignment?.overridden !== true) {
      this.#vitals.outcome(key, { failed, negativeSignals: negative, timeMs: closedMs });
      conversation.outcomes += 1;
      conversation.failures += failed ? 1 : 0;
    }
    conversation.hadTrouble ||= negative.length > 0 && estimate.probability >= 0.4;
    if (failed) this.#emissions.push(failureEmission({ tracked, exchange, probability: estimate.probability, closedMs }));
    this.#onAssessed({ interactionId: tracked.interactionId, conversationId: conversation.conversationId, estimate, failed, signals: tracked.signals });
    tracked.exchange = undefined;
    tracked.signals = [];
  }

  #settle(conversation: OpenConversation, ended: ConversationEnded | undefined): void {
    const closedMs = this.streamTimeMs;
    const previous = conversation.open.at(-1);
    if (previous?.exchange !== undefined) {
      const ending = endingOf(conversation, { exchange: previous.exchange, ended });
      for (const detect of endingDetectors) {
        const detected = detect(previous.exchange, ending, { config: this.#config });
        this.#add(conversation, { tracked: previous, detected, sourceId: `${conversation.lastEventId}:settled`, timeMs: closedMs });
      }
    }
    for (const tracked of conversation.open) this.#close(conversation, { tracked, next: undefined, closedMs });
    conversation.open = [];
    for (const waiting of conversation.waiting) this.#emitUnjoined(conversation, waiting);
    // A late segment belongs to a conversation that was counted as a unit before.
    if (conversation.firstKey !== undefined && conversation.outcomes > 0 && !conversation.late) {
      this.#vitals.unit(conversation.firstKey, { y: conversation.failures, n: conversation.outcomes, timeMs: closedMs });
    }
  }

  #emitUnjoined(conversation: OpenConversation, waiting: Waiting): void {
    const subject = {
      conversationId: conversation.conversationId,
      interactionId: aboutOf(waiting).interactionId ?? UNKNOWN_SUBJECT,
      model: UNKNOWN_SUBJECT,
      workload: UNKNOWN_SUBJECT,
      version: UNKNOWN_SUBJECT,
    };
    for (const detected of this.#detectedIn(waiting)) this.#emissions.push(signalEmission({ subject, detected, sourceId: waiting.eventId, timeMs: waiting.timeMs, late: true }));
  }
}

const aboutOf = (waiting: Waiting): Feedback | HandoffRequested => ('feedback' in waiting ? waiting.feedback : waiting.handoff);

/** Products' clocks may be off; a start that cannot be read falls back to the record's time. */
const requestedMsOf = ({ startedAt }: Interaction, fallbackMs: number): number => {
  const ms = Date.parse(startedAt);
  return Number.isNaN(ms) ? fallbackMs : ms;
};

const endingOf = (conversation: OpenConversation, { exchange, ended }: { exchange: Exchange; ended: ConversationEnded | undefined }): Ending => {
  const endedMs = ended === undefined || !exchange.timed ? undefined : Date.parse(ended.endedAt);
  return {
    announced: ended !== undefined,
    taskCompleted: ended?.taskCompleted,
    afterReplyMs: endedMs === undefined ? undefined : Math.max(0, endedMs - exchange.answeredMs),
    conversationMs: endedMs === undefined || conversation.firstRequestMs === undefined ? undefined : Math.max(0, endedMs - conversation.firstRequestMs),
    hadTrouble: conversation.hadTrouble,
  };
};
