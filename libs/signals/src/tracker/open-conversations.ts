import { idleEndMsOf, longestIdleEndMs, type SignalsConfig } from '../config.js';
import { NO_HISTORY } from '../text/stem-history.js';
import { ExpiryHeap } from './expiry-heap.js';
import { NOTHING, type OpenConversation } from './open-conversation.js';
import type { TrackedRecord } from './tracked-record.js';

/** A record as the open conversations see it. */
export interface Touch {
  readonly record: TrackedRecord;
  /** The record's offset as a number, which is exact up to 2^53. */
  readonly offset: number;
  /** Of the record's workload; undefined where the record is no interaction. */
  readonly idleEndMs: number | undefined;
  readonly streamTimeBeforeMs: number;
}

/** Offset metadata of Kafka is small (4 KB by default), so no more cuts than this are carried; the newest win. */
const CUTS_CARRIED_MAX = 32;
const CUTS_KEPT_MAX = 10_000;

/** Where a replay starts, and what it must know that the log from there on does not tell. */
export interface ResumePoint {
  readonly offset: bigint;
  /** The next record that the former tracker would have read; those before it are only read again. */
  readonly committed: bigint;
  /** Stream time before the record at `offset`. */
  readonly streamTimeMs: number;
  /** Conversations that were cut for age or room while still active: their records below this offset belong to a settled part. */
  readonly cuts: Readonly<Record<string, string>>;
}

interface Cut {
  readonly fromOffset: number;
  /** After this stream time the pause alone separates the parts. */
  untilMs: number;
}

/** Which conversations are open, when they are due to settle, and which to settle first where room is short. */
export class OpenConversations {
  readonly #config: SignalsConfig;
  readonly #byId = new Map<string, OpenConversation>();
  readonly #expiry = new ExpiryHeap<OpenConversation>();
  readonly #idleEndMsAtLeast: number;
  /** Ends of a list in the order of opening, which is the order of first offsets. */
  #oldest: OpenConversation | undefined;
  #newest: OpenConversation | undefined;
  readonly #cuts = new Map<string, Cut>();
  readonly #committed: number;
  #streamTimeMs: number;

  constructor(config: SignalsConfig, resume?: Omit<ResumePoint, 'offset'>) {
    this.#config = config;
    this.#streamTimeMs = resume?.streamTimeMs ?? 0;
    this.#committed = Number(resume?.committed ?? 0n);
    this.#idleEndMsAtLeast = idleEndMsOf(config, undefined);
    // The oldest open conversation was younger than its greatest age when the point was taken, so the cuts are of use no longer than this.
    const untilMs = this.#streamTimeMs + config.maxConversationMs + longestIdleEndMs(config);
    for (const [id, offset] of Object.entries(resume?.cuts ?? {})) this.#cuts.set(id, { fromOffset: Number(offset), untilMs });
  }

  get size(): number {
    return this.#byId.size;
  }

  get streamTimeMs(): number {
    return this.#streamTimeMs;
  }

  /** Moves stream time on and takes out every conversation that has thereby ended, first due first. */
  advanceTo(timeMs: number): readonly OpenConversation[] {
    if (timeMs > this.#streamTimeMs) this.#streamTimeMs = timeMs;
    if (this.#expiry.nextDueMs >= this.#streamTimeMs) return NOTHING;
    const due: OpenConversation[] = [];
    for (let dueMs = this.#expiry.nextDueMs; dueMs < this.#streamTimeMs; dueMs = this.#expiry.nextDueMs) {
      const conversation = this.#expiry.pop();
      if (conversation === undefined) break;
      if (conversation.settled || dueMs - conversation.startedMs !== conversation.scheduledAfterMs) continue;
      const nowDueMs = this.#dueMsOf(conversation);
      if (nowDueMs < this.#streamTimeMs) {
        this.#take(conversation, { cut: idleDueMsOf(conversation) >= this.#streamTimeMs });
        due.push(conversation);
      } else this.#schedule(conversation, nowDueMs);
    }
    return due;
  }

  /** Whether the record belongs to a part of the conversation that was settled before the resume point. */
  isBeforeCut(conversationId: string, offset: number): boolean {
    if (this.#cuts.size === 0) return false;
    const cut = this.#cuts.get(conversationId);
    return cut !== undefined && offset < cut.fromOffset;
  }

  /** Takes out the conversations that have been open longest, as many as a new one needs room for. */
  makeRoomFor(conversationId: string, offset: number): readonly OpenConversation[] {
    // In a replay the cuts tell who was taken out; conversations that had settled by then may take room for a while.
    if (this.#byId.size < this.#config.maxOpenConversations || offset < this.#committed || this.#byId.has(conversationId)) return NOTHING;
    const evicted: OpenConversation[] = [];
    while (this.#byId.size >= this.#config.maxOpenConversations) {
      const oldest = this.#oldest;
      if (oldest === undefined) break;
      this.#take(oldest, { cut: true });
      evicted.push(oldest);
    }
    return evicted;
  }

  /** The open conversation that the record belongs to, opened where there is none, its idle time started anew. */
  touch(conversationId: string, touch: Touch): OpenConversation {
    const conversation = this.#byId.get(conversationId) ?? this.#open(conversationId, touch);
    const { record, offset, idleEndMs } = touch;
    if (idleEndMs !== undefined) conversation.idleEndMs = idleEndMs;
    conversation.lastOffset = offset;
    conversation.lastEventId = record.eventId;
    // A late segment lives by stream time, else each of its records would settle the one before.
    const activeMs = conversation.late ? this.#streamTimeMs : record.timeMs;
    const activeAfterMs = activeMs - conversation.startedMs;
    if (activeAfterMs > conversation.lastActivityAfterMs) conversation.lastActivityAfterMs = activeAfterMs;
    const dueMs = this.#dueMsOf(conversation);
    // Due times mostly move away: the entry is then put back when it comes up, which spares a push per record.
    if (conversation.scheduledAfterMs === undefined || dueMs - conversation.startedMs < conversation.scheduledAfterMs) this.#schedule(conversation, dueMs);
    return conversation;
  }

  /** Takes out a conversation that an event ended. */
  remove(conversation: OpenConversation): void {
    this.#take(conversation, { cut: false });
  }

  oldest(): OpenConversation | undefined {
    return this.#oldest;
  }

  resumePoint(committed: bigint): ResumePoint {
    const oldest = this.#oldest;
    const offset = oldest === undefined ? committed : BigInt(oldest.firstOffset);
    const needed: [string, string][] = [];
    for (const [id, { fromOffset, untilMs }] of this.#cuts) {
      if (untilMs < this.#streamTimeMs && !this.#byId.has(id)) this.#cuts.delete(id);
      else if (BigInt(fromOffset) > offset) needed.push([id, fromOffset.toString()]);
    }
    return { offset, committed, streamTimeMs: oldest?.streamTimeBeforeMs ?? this.#streamTimeMs, cuts: Object.fromEntries(needed.slice(-CUTS_CARRIED_MAX)) };
  }

  #open(conversationId: string, { record, offset, idleEndMs = this.#idleEndMsAtLeast, streamTimeBeforeMs }: Touch): OpenConversation {
    const late = record.timeMs < this.#streamTimeMs - idleEndMs;
    const startedMs = late ? this.#streamTimeMs : record.timeMs;
    const conversation: OpenConversation = {
      conversationId,
      firstOffset: offset,
      streamTimeBeforeMs,
      startedMs,
      late,
      lastOffset: offset,
      lastEventId: record.eventId,
      lastActivityAfterMs: 0,
      scheduledAfterMs: undefined,
      settled: false,
      idleEndMs,
      firstRequestAfterMs: undefined,
      firstRoute: undefined,
      last: undefined,
      interactionCount: 0,
      byId: undefined,
      queries: NOTHING,
      queryStems: NO_HISTORY,
      replyStems: NO_HISTORY,
      waiting: NOTHING,
      hadTrouble: false,
      outcomes: 0,
      failures: 0,
      older: this.#newest,
      newer: undefined,
    };
    this.#byId.set(conversationId, conversation);
    if (this.#newest === undefined) this.#oldest = conversation;
    else this.#newest.newer = conversation;
    this.#newest = conversation;
    return conversation;
  }

  #take(conversation: OpenConversation, { cut }: { cut: boolean }): void {
    conversation.settled = true;
    this.#unlink(conversation);
    this.#byId.delete(conversation.conversationId);
    if (this.#cuts.size > 0) this.#cuts.delete(conversation.conversationId);
    if (!cut) return;
    this.#cuts.set(conversation.conversationId, { fromOffset: conversation.lastOffset + 1, untilMs: idleDueMsOf(conversation) });
    if (this.#cuts.size > CUTS_KEPT_MAX) {
      const [oldest] = this.#cuts.keys();
      if (oldest !== undefined) this.#cuts.delete(oldest);
    }
  }

  #schedule(conversation: OpenConversation, dueMs: number): void {
    conversation.scheduledAfterMs = dueMs - conversation.startedMs;
    this.#expiry.push(conversation, dueMs);
  }

  #unlink(conversation: OpenConversation): void {
    const { older, newer } = conversation;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    conversation.older = undefined;
    conversation.newer = undefined;
  }

  #dueMsOf(conversation: OpenConversation): number {
    return Math.min(idleDueMsOf(conversation), conversation.startedMs + this.#config.maxConversationMs);
  }
}

const idleDueMsOf = ({ startedMs, lastActivityAfterMs, idleEndMs }: OpenConversation): number => startedMs + lastActivityAfterMs + idleEndMs;
