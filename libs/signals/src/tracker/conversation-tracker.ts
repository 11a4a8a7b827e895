import type { ConversationEnded, Interaction, Signal, VitalsCounted } from '@ratchet/domain';
import { parsedConfig, type SignalsConfig, type SignalsConfigInput, withholdsContent } from '../config.js';
import type { Detected } from '../detectors/detector.js';
import { detectError } from '../detectors/error.js';
import { escalationOfHandoff } from '../detectors/escalation.js';
import { endingDetectors, feedbackSignals, nextTurnDetectors } from '../detectors/registry.js';
import { detectSystemRepetition } from '../detectors/system-repetition.js';
import { type Course, type Exchange, type NextTurn, NO_COURSE } from '../failure/exchange.js';
import { addFailureFeatures, FailureFeatures } from '../failure/failure-features.js';
import { type FailureEstimate, type FailureModel, modelOf } from '../failure/failure-probability.js';
import { type FailureWeights, failureWeights } from '../failure/failure-weights.js';
import { signalOfStrongestTerm } from '../failure/strongest-term.js';
import { showsTrouble } from '../failure/trouble.js';
import { HASHED_EMBEDDING, MessageComparer } from '../text/similarity.js';
import { withStems } from '../text/stem-history.js';
import { NO_STEMS } from '../text/stem-set.js';
import { hasMark, type TextEmbedding } from '../text/text-profile.js';
import { failureEmission, negativeNames, signalEmission } from './emissions.js';
import { idOfEvidence, joinGiven, releaseGiven, takeOnce } from './given.js';
import { OpenConversations, type ResumePoint } from './open-conversations.js';
import {
  addInteraction, firstUserOf, interactionOf, msBetween, type OpenConversation, openInteractionsOf, QUERIES_KEPT, REPLIES_KEPT, type TrackedInteraction, type Waiting, WAITING_MAX, withLast,
} from './open-conversation.js';
import { aboutOf, addToWindow, endingOf, keepLess, openWindow, release, requestedMsOf } from './open-window.js';
import { type Route, routeOfUnit, Routes } from './route.js';
import { type Emission, type TrackedRecord, UNKNOWN_SUBJECT } from './tracked-record.js';
import { type OffsetRange, VitalsCounter } from './vitals-counter.js';

/** What was concluded about one interaction when its window closed. */
export interface Assessment {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly workload: string;
  /** As far as they are kept. */
  readonly query: string;
  readonly response: string;
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
  readonly resume?: ResumePoint;
  /** Told of every interaction whose window closes, failed or not. */
  readonly onAssessed?: ((assessment: Assessment) => void) | undefined;
}

/** Where a signal comes from, and when. */
interface Origin {
  readonly sourceId: string;
  readonly timeMs: number;
}

/**
 * The open conversations of one partition of interactions, as a pure function of its log: the same records in the same order
 * give the same emissions and counts, with no clock and no randomness of its own.
 */
export class ConversationTracker {
  readonly #config: SignalsConfig;
  readonly #comparer: MessageComparer;
  readonly #model: FailureModel;
  readonly #features = new FailureFeatures();
  readonly #onAssessed: ((assessment: Assessment) => void) | undefined;
  readonly #unsent: ReadonlySet<string>;
  readonly #routes: Routes;
  readonly #conversations: OpenConversations;
  readonly #vitals = new VitalsCounter();
  /** Of evidence that no interaction of an open conversation belongs to. */
  readonly #unknownRoute;
  #emissions: Emission[] = [];

  /** Throws a RangeError when the embedding is not the one that the thresholds are for. */
  constructor({ config = DEFAULTS, embedding = HASHED_EMBEDDING, weights = failureWeights, resume, onAssessed }: ConversationTrackerOptions = {}) {
    this.#config = parsedConfig(config);
    if (this.#config.similarity.embedding !== embedding.name) {
      throw new RangeError(`The similarity thresholds are for the embedding "${this.#config.similarity.embedding}", not "${embedding.name}": set similarity.{embedding,cosine,overlap} for it.`);
    }
    this.#comparer = new MessageComparer({ config: this.#config, embedding });
    this.#model = modelOf(weights);
    this.#unsent = new Set(this.#config.unsentSignals);
    this.#routes = new Routes(this.#config, weights.threshold);
    this.#onAssessed = onAssessed;
    this.#unknownRoute = { model: UNKNOWN_SUBJECT, workload: UNKNOWN_SUBJECT, version: UNKNOWN_SUBJECT, assignment: undefined, withheld: withholdsContent(this.#config, undefined) };
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
    const oldest = this.#conversations.oldest();
    return oldest === undefined ? undefined : BigInt(oldest.firstOffset);
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
    const offset = Number(record.offset);
    for (const conversation of this.#conversations.advanceTo(record.timeMs, offset)) this.#settle(conversation, undefined);
    const { event } = record;
    if (event.type === 'ratchet.clock.advanced') return this.#emissions;
    const { conversationId } = event.data;
    if (this.#conversations.isBeforeCut(conversationId)) return this.#emissions;
    for (const cut of this.#conversations.makeRoomFor(conversationId)) this.#settle(cut, undefined);
    const route = event.type === 'ratchet.interaction.completed' ? this.#routes.of(event.data) : undefined;
    const conversation = this.#conversations.touch(conversationId, { record, offset, idleEndMs: route?.idleEndMs, streamTimeBeforeMs });
    switch (event.type) {
      case 'ratchet.interaction.completed':
        this.#interaction(conversation, { interaction: event.data, record, route: route ?? this.#routes.of(event.data) });
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

  #interaction(conversation: OpenConversation, { interaction, record, route }: { interaction: Interaction; record: TrackedRecord; route: Route }): void {
    const { interactionId } = interaction;
    if (interactionOf(conversation, interactionId) !== undefined) return;
    const requestedMs = requestedMsOf(interaction.startedAt);
    const { timeMs, untimed } = record;
    const window = openWindow(conversation, { interaction, requestedMs, timeMs, timed: untimed !== true, keptChars: this.#config.maxKeptChars });
    // Steps of an agent repeat the user's message with tool results after it: only a message of the user is a new turn.
    if (interaction.input[interaction.input.length - 1]?.role === 'user') this.#userTurn(conversation, { exchange: window, record, requestedMs: requestedMs ?? timeMs });
    keepLess(window);
    const tracked: TrackedInteraction = { interactionId, userId: interaction.userId, route, traceparent: record.traceparent, earlier: undefined, window };
    if (conversation.firstRoute === undefined && !route.overridden) conversation.firstRoute = routeOfUnit(route, interaction.assignment);
    conversation.turns += 1;
    conversation.firstRequestAfterMs ??= msBetween(conversation.startedMs, requestedMs ?? timeMs);
    addInteraction(conversation, { tracked, max: this.#config.maxInteractionsPerConversation });
    if (window.reply.content !== NO_STEMS) conversation.replyStems = withStems(conversation.replyStems, { stems: window.reply.content, max: REPLIES_KEPT });
    this.#vitals.arrival(route.key, { interaction, timeMs });
    const error = detectError(interaction);
    const repetition = detectSystemRepetition(window, this.#config);
    if (error !== undefined || repetition !== undefined) {
      const origin = { sourceId: record.eventId, timeMs };
      this.#add(conversation, { tracked, detected: error, origin });
      this.#add(conversation, { tracked, detected: repetition, origin });
    }
    if (conversation.waiting.length > 0) this.#takeWaiting(conversation, tracked);
  }

  #userTurn(conversation: OpenConversation, { exchange, record, requestedMs }: { exchange: Exchange; record: TrackedRecord; requestedMs: number }): void {
    const { query: message, timed } = exchange;
    const previous = conversation.last;
    const asked = previous?.window;
    if (previous !== undefined && asked !== undefined) {
      const next: NextTurn = { message, afterMs: timed && asked.timed ? Math.max(0, requestedMs - conversation.startedMs - asked.answeredAfterMs) : undefined, ...this.#comparer.compare(message, { asked: asked.query, earlier: conversation }) };
      const origin = { sourceId: record.eventId, timeMs: record.timeMs };
      const context = { config: this.#config };
      const course = { turn: conversation.turns, troubled: conversation.troubledTurns };
      for (const detect of nextTurnDetectors) this.#add(conversation, { tracked: previous, detected: detect(asked, next, context), origin });
      for (const tracked of openInteractionsOf(conversation)) this.#close(conversation, { tracked, next: tracked === previous ? next : undefined, course, closedMs: record.timeMs });
    }
    if (showsTrouble(message)) conversation.troubledTurns += 1;
    if (message.wordCount === 0) return;
    conversation.queries = withLast(conversation.queries, { item: message.text, max: QUERIES_KEPT });
    conversation.queryStems = withStems(conversation.queryStems, { stems: message.content, marked: hasMark(message, 'beyondAscii'), max: QUERIES_KEPT });
  }

  #evidence(conversation: OpenConversation, waiting: Waiting): void {
    if (!takeOnce(conversation, waiting)) return;
    const about = aboutOf(waiting).interactionId;
    const tracked = about === undefined ? conversation.last : interactionOf(conversation, about);
    if (tracked !== undefined) this.#addEvidence(conversation, { tracked, waiting });
    else if (conversation.waiting.length < WAITING_MAX) conversation.waiting = withLast(conversation.waiting, { item: waiting, max: WAITING_MAX });
    else this.#emitUnjoined(conversation, waiting);
  }

  #takeWaiting(conversation: OpenConversation, tracked: TrackedInteraction): void {
    const isAbout = (waiting: Waiting): boolean => (aboutOf(waiting).interactionId ?? tracked.interactionId) === tracked.interactionId;
    const found = conversation.waiting.filter(isAbout);
    conversation.waiting = conversation.waiting.filter((waiting) => !isAbout(waiting));
    for (const waiting of found) this.#addEvidence(conversation, { tracked, waiting });
  }

  #addEvidence(conversation: OpenConversation, { tracked, waiting }: { tracked: TrackedInteraction; waiting: Waiting }): void {
    const origin = { sourceId: idOfEvidence(waiting), timeMs: waiting.timeMs };
    const found = this.#detectedIn(waiting);
    const replaces = joinGiven(conversation, { tracked, waiting, detected: found });
    for (const detected of found) this.#add(conversation, { tracked, detected: replaces === undefined ? detected : { ...detected, evidence: { ...detected.evidence, replaces } }, origin });
  }

  #detectedIn(waiting: Waiting): Detected[] {
    return 'feedback' in waiting ? feedbackSignals(waiting.feedback, this.#config) : [escalationOfHandoff(waiting.handoff)];
  }

  /** Emits a signal; while the interaction's window is open it counts towards its probability, once a name. */
  #add(conversation: OpenConversation, { tracked, detected, origin }: { tracked: TrackedInteraction; detected: Detected | undefined; origin: Origin }): void {
    if (detected === undefined) return;
    const { interactionId, userId, traceparent, route, window } = tracked;
    if (!this.#unsent.has(detected.name)) {
      const subject = { interactionId, conversationId: conversation.conversationId, userId, traceparent, route };
      this.#emissions.push(signalEmission({ subject, detected, sourceId: origin.sourceId, timeMs: origin.timeMs, late: window === undefined || conversation.late }));
    }
    if (window !== undefined) addToWindow(window, detected);
  }

  #close(conversation: OpenConversation, { tracked, next, course, closedMs }: { tracked: TrackedInteraction; next: NextTurn | undefined; course: Course; closedMs: number }): void {
    const { interactionId, route, window } = tracked;
    if (window === undefined) return;
    const features = this.#features.clear();
    addFailureFeatures(features, { exchange: window, next, signals: window.signals, course });
    const probability = this.#model.probability(features);
    const failed = probability >= route.failureThreshold;
    const estimate = (failed && negativeNames(window.signals).length === 0) || this.#onAssessed !== undefined ? this.#model.estimate(features) : undefined;
    if (failed && estimate !== undefined && negativeNames(window.signals).length === 0) {
      this.#add(conversation, { tracked, detected: signalOfStrongestTerm(estimate), origin: { sourceId: `${conversation.lastEventId}:closed`, timeMs: closedMs } });
    }
    const negative = negativeNames(window.signals);
    if (!route.overridden) {
      this.#vitals.outcome(route.key, { failed, negativeSignals: negative, timeMs: closedMs });
      conversation.outcomes += 1;
      if (failed) conversation.failures += 1;
    }
    if (negative.length > 0 && probability >= TROUBLE_SHARE * route.failureThreshold) conversation.hadTrouble = true;
    if (failed) this.#emissions.push(failureEmission({ conversation, tracked, window, probability, closedMs }));
    if (estimate !== undefined && this.#onAssessed !== undefined) {
      const { query, reply, signals } = window;
      this.#onAssessed({ interactionId, conversationId: conversation.conversationId, workload: route.workload, query: query.text, response: reply.text, estimate, failed, signals });
    }
    tracked.window = undefined;
    releaseGiven(conversation, tracked);
  }

  #settle(conversation: OpenConversation, ended: ConversationEnded | undefined): void {
    const closedMs = this.streamTimeMs;
    const previous = conversation.last;
    const asked = previous?.window;
    // Cut in the middle, a conversation has not ended: nothing is concluded from how it seems to.
    const hasEnded = ended !== undefined || !this.#conversations.isActive(conversation);
    if (previous !== undefined && asked !== undefined && hasEnded) {
      const ending = endingOf(conversation, { exchange: asked, ended });
      const context = { config: this.#config };
      for (const detect of endingDetectors) {
        const detected = detect(asked, ending, context);
        if (detected !== undefined) this.#add(conversation, { tracked: previous, detected, origin: { sourceId: `${conversation.lastEventId}:settled`, timeMs: closedMs } });
      }
    }
    for (const tracked of openInteractionsOf(conversation)) this.#close(conversation, { tracked, next: undefined, course: NO_COURSE, closedMs });
    for (const waiting of conversation.waiting) this.#emitUnjoined(conversation, waiting);
    // A late segment belongs to a conversation that was counted as a unit before.
    const { firstRoute: route, failures: y, outcomes: n } = conversation;
    if (route !== undefined && n > 0 && !conversation.late) {
      const userId = route.assignment?.unit === 'user' ? firstUserOf(conversation) : undefined;
      this.#vitals.unit(route.key, { y, n, timeMs: closedMs, covariate: route.covariate, userId });
    }
    release(conversation);
  }

  #emitUnjoined({ conversationId }: OpenConversation, waiting: Waiting): void {
    const subject = { interactionId: aboutOf(waiting).interactionId ?? UNKNOWN_SUBJECT, conversationId, userId: undefined, traceparent: undefined, route: this.#unknownRoute };
    for (const detected of this.#detectedIn(waiting)) this.#emissions.push(signalEmission({ subject, detected, sourceId: idOfEvidence(waiting), timeMs: waiting.timeMs, late: true }));
  }
}

const DEFAULTS: SignalsConfigInput = {};
/** From this share of the threshold on, bad signs leave a mark on how the conversation's end is read. */
const TROUBLE_SHARE = 0.8;
