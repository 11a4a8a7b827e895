import { idleEndMsOf, longestIdleEndMs, type SignalsConfig } from '../config.js';
import { ExpiryHeap } from './expiry-heap.js';
import type { OpenConversation } from './open-conversation.js';
import type { TrackedRecord } from './tracked-record.js';

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
  readonly fromOffset: bigint;
  /** After this stream time the pause alone separates the parts. */
  untilMs: number;
}

interface Scheduled {
  readonly conversation: OpenConversation;
  readonly dueMs: number;
}

/** Which conversations are open, when they are due to settle, and which to settle first where room is short. */
export class OpenConversations {
  readonly #config: SignalsConfig;
  readonly #byId = new Map<string, OpenConversation>();
  readonly #expiry = new ExpiryHeap<Scheduled>();
  /** In order of opening, which is the order of first offsets; settled ones are skipped when they reach the head. */
  #queue: OpenConversation[] = [];
  #head = 0;
  readonly #cuts = new Map<string, Cut>();
  readonly #committed: bigint;
  #streamTimeMs: number;

  constructor(config: SignalsConfig, resume?: Omit<ResumePoint, 'offset'>) {
    this.#config = config;
    this.#streamTimeMs = resume?.streamTimeMs ?? 0;
    this.#committed = resume?.committed ?? 0n;
    // The oldest open conversation was younger than its greatest age when the point was taken, so the cuts are of use no longer than this.
    const untilMs = this.#streamTimeMs + config.maxConversationMs + longestIdleEndMs(config);
    for (const [id, offset] of Object.entries(resume?.cuts ?? {})) this.#cuts.set(id, { fromOffset: BigInt(offset), untilMs });
  }

  get size(): number {
    return this.#byId.size;
  }

  get streamTimeMs(): number {
    return this.#streamTimeMs;
  }

  /** Moves stream time on and takes out every conversation that has thereby ended, first due first. */
  advanceTo(timeMs: number): OpenConversation[] {
    if (timeMs > this.#streamTimeMs) this.#streamTimeMs = timeMs;
    const due: OpenConversation[] = [];
    while ((this.#expiry.nextDueMs ?? Number.POSITIVE_INFINITY) < this.#streamTimeMs) {
      const scheduled = this.#expiry.pop();
      if (scheduled === undefined) break;
      const { conversation, dueMs } = scheduled;
      if (conversation.settled || conversation.scheduledMs !== dueMs) continue;
      const nowDueMs = this.#dueMsOf(conversation);
      if (nowDueMs < this.#streamTimeMs) {
        this.#take(conversation, { cut: this.#idleDueMsOf(conversation) >= this.#streamTimeMs });
        due.push(conversation);
      } else this.#schedule(conversation, nowDueMs);
    }
    return due;
  }

  /** Whether the record belongs to a part of the conversation that was settled before the resume point. */
  isBeforeCut(conversationId: string, offset: bigint): boolean {
    const cut = this.#cuts.get(conversationId);
    return cut !== undefined && offset < cut.fromOffset;
  }

  /** Takes out the conversations that have been open longest, as many as a new one needs room for. */
  makeRoomFor(conversationId: string, offset: bigint): OpenConversation[] {
    const evicted: OpenConversation[] = [];
    // In a replay the cuts tell who was taken out; conversations that had settled by then may take room for a while.
    if (offset < this.#committed || this.#byId.has(conversationId)) return evicted;
    while (this.#byId.size >= this.#config.maxOpenConversations) {
      const oldest = this.oldest();
      if (oldest === undefined) break;
      this.#take(oldest, { cut: true });
      evicted.push(oldest);
    }
    return evicted;
  }

  /** The open conversation that the record belongs to, opened where there is none, its idle time started anew. */
  touch(conversationId: string, { record, streamTimeBeforeMs }: { record: TrackedRecord; streamTimeBeforeMs: number }): OpenConversation {
    const conversation = this.#byId.get(conversationId) ?? this.#open(conversationId, { record, streamTimeBeforeMs });
    const { event } = record;
    if (event.type === 'ratchet.interaction.completed') conversation.workload = event.data.workload;
    conversation.lastOffset = record.offset;
    conversation.lastEventId = record.eventId;
    // A late segment lives by stream time, else each of its records would settle the one before.
    const activeMs = conversation.late ? this.#streamTimeMs : record.timeMs;
    if (activeMs > conversation.lastActivityMs) conversation.lastActivityMs = activeMs;
    const dueMs = this.#dueMsOf(conversation);
    // Due times mostly move away: the entry is then put back when it comes up, which spares a push per record.
    if (dueMs < conversation.scheduledMs) this.#schedule(conversation, dueMs);
    return conversation;
  }

  /** Takes out a conversation that an event ended. */
  remove(conversation: OpenConversation): void {
    this.#take(conversation, { cut: false });
  }

  oldest(): OpenConversation | undefined {
    while (this.#queue[this.#head]?.settled === true) this.#head += 1;
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return this.#queue[this.#head];
  }

  resumePoint(committed: bigint): ResumePoint {
    const oldest = this.oldest();
    const offset = oldest?.firstOffset ?? committed;
    const needed: [string, string][] = [];
    for (const [id, { fromOffset, untilMs }] of this.#cuts) {
      if (untilMs < this.#streamTimeMs && !this.#byId.has(id)) this.#cuts.delete(id);
      else if (fromOffset > offset) needed.push([id, fromOffset.toString()]);
    }
    return { offset, committed, streamTimeMs: oldest?.streamTimeBeforeMs ?? this.#streamTimeMs, cuts: Object.fromEntries(needed.slice(-CUTS_CARRIED_MAX)) };
  }

  #open(conversationId: string, { record, streamTimeBeforeMs }: { record: TrackedRecord; streamTimeBeforeMs: number }): OpenConversation {
    const workload = record.event.type === 'ratchet.interaction.completed' ? record.event.data.workload : undefined;
    const late = record.timeMs < this.#streamTimeMs - idleEndMsOf(this.#config, workload);
    const startedMs = late ? this.#streamTimeMs : record.timeMs;
    const conversation: OpenConversation = {
      conversationId,
      firstOffset: record.offset,
      streamTimeBeforeMs,
      startedMs,
      late,
      lastOffset: record.offset,
      lastEventId: record.eventId,
      lastActivityMs: startedMs,
      scheduledMs: Number.POSITIVE_INFINITY,
      settled: false,
      workload,
      firstRequestMs: undefined,
      firstKey: undefined,
      interactions: new Map(),
      open: [],
      last: undefined,
      queries: [],
      replies: [],
      waiting: [],
      hadTrouble: false,
      outcomes: 0,
      failures: 0,
    };
    this.#byId.set(conversationId, conversation);
    this.#queue.push(conversation);
    return conversation;
  }

  #take(conversation: OpenConversation, { cut }: { cut: boolean }): void {
    conversation.settled = true;
    this.#byId.delete(conversation.conversationId);
    this.#cuts.delete(conversation.conversationId);
    if (!cut) return;
    this.#cuts.set(conversation.conversationId, { fromOffset: conversation.lastOffset + 1n, untilMs: this.#idleDueMsOf(conversation) });
    if (this.#cuts.size > CUTS_KEPT_MAX) {
      const [oldest] = this.#cuts.keys();
      if (oldest !== undefined) this.#cuts.delete(oldest);
    }
  }

  #schedule(conversation: OpenConversation, dueMs: number): void {
    conversation.scheduledMs = dueMs;
    this.#expiry.push({ conversation, dueMs }, dueMs);
  }

  #idleDueMsOf({ lastActivityMs, workload }: OpenConversation): number {
    return lastActivityMs + idleEndMsOf(this.#config, workload);
  }

  #dueMsOf(conversation: OpenConversation): number {
    return Math.min(this.#idleDueMsOf(conversation), conversation.startedMs + this.#config.maxConversationMs);
  }
}
