import { idleEndMsOf, type SignalsConfig } from '../config.js';
import { Cuts, groupOf } from './cuts.js';
import { NO_HISTORY } from '../text/stem-history.js';
import { ExpiryHeap } from './expiry-heap.js';
import { msBetween, NOTHING, type OpenConversation } from './open-conversation.js';
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

/** Where a replay starts, and what it must know that the log from there on does not tell. */
export interface ResumePoint {
  readonly offset: bigint;
  /** The next record that the former tracker would have read; those before it are only read again. */
  readonly committed: bigint;
  /** Stream time before the record at `offset`. */
  readonly streamTimeMs: number;
  /** Conversations that were settled for age or room while they were still active, as `Cuts` writes them. */
  readonly cuts?: string | undefined;
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
  readonly #cuts: Cuts;
  readonly #committed: number;
  /** Of the record under way. */
  #offset = 0;
  #isLive = false;
  #streamTimeMs: number;

  constructor(config: SignalsConfig, resume?: ResumePoint) {
    this.#config = config;
    this.#streamTimeMs = resume?.streamTimeMs ?? 0;
    this.#committed = Number(resume?.committed ?? 0n);
    this.#idleEndMsAtLeast = idleEndMsOf(config, undefined);
    this.#cuts = Cuts.decode(resume?.cuts, Number(resume?.offset ?? 0n));
  }

  get size(): number {
    return this.#byId.size;
  }

  get streamTimeMs(): number {
    return this.#streamTimeMs;
  }

  /** Moves stream time on and takes out every conversation that has thereby ended, first due first. `offset` is that of the record. */
  advanceTo(timeMs: number, offset: number): readonly OpenConversation[] {
    this.#offset = offset;
    if (!this.#isLive && !this.#isReplaying) this.#goLive();
    if (timeMs > this.#streamTimeMs) this.#streamTimeMs = timeMs;
    if (this.#expiry.nextDueMs >= this.#streamTimeMs) return NOTHING;
    const due: OpenConversation[] = [];
    for (let dueMs = this.#expiry.nextDueMs; dueMs < this.#streamTimeMs; dueMs = this.#expiry.nextDueMs) {
      const conversation = this.#expiry.pop();
      if (conversation === undefined) break;
      if (conversation.settled || dueMs - conversation.startedMs !== conversation.scheduledAfterMs) continue;
      if (idleDueMsOf(conversation) < this.#streamTimeMs) {
        this.#take(conversation);
        due.push(conversation);
        continue;
      }
      const nowDueMs = this.#dueMsOf(conversation);
      // Too old, and still active.
      if (nowDueMs < this.#streamTimeMs) due.push(...this.#cutGroupOf(conversation));
      else this.#schedule(conversation, nowDueMs);
    }
    return due;
  }

  /** Whether the record belongs to a part of its conversation that was settled before the resume point. */
  isBeforeCut(conversationId: string): boolean {
    return this.#cuts.isBefore(conversationId, this.#offset);
  }

  /** Takes out conversations where the record would open one too many, or where the one that has been open longest holds a replay back too far. */
  makeRoomFor(conversationId: string): readonly OpenConversation[] {
    const { maxOpenConversations, maxReplayRecords } = this.#config;
    const oldest = this.#oldest;
    if (oldest === undefined || this.#isReplaying) return NOTHING;
    const isFull = this.#byId.size >= maxOpenConversations && !this.#byId.has(conversationId);
    return isFull || this.#offset - oldest.firstOffset >= maxReplayRecords ? this.#cutGroupOf(oldest) : NOTHING;
  }

  /** The open conversation that the record belongs to, opened where there is none, its idle time started anew. */
  touch(conversationId: string, touch: Touch): OpenConversation {
    const conversation = this.#byId.get(conversationId) ?? this.#open(conversationId, touch);
    const { record, offset, idleEndMs } = touch;
    if (idleEndMs !== undefined) conversation.idleEndMs = idleEndMs;
    conversation.lastOffset = offset;
    conversation.lastEventId = record.eventId;
    const activeAfterMs = msBetween(conversation.startedMs, this.#activeMsOf(record));
    if (activeAfterMs > conversation.lastActivityAfterMs) conversation.lastActivityAfterMs = activeAfterMs;
    const dueMs = this.#dueMsOf(conversation);
    // Due times mostly move away: the entry is then put back when it comes up, which spares a push per record.
    if (conversation.scheduledAfterMs === undefined || dueMs - conversation.startedMs < conversation.scheduledAfterMs) this.#schedule(conversation, dueMs);
    return conversation;
  }

  /** Takes out a conversation that an event ended. */
  remove(conversation: OpenConversation): void {
    this.#take(conversation);
  }

  /** Whether the conversation may still go on: it was heard of within its idle time. */
  isActive(conversation: OpenConversation): boolean {
    return idleDueMsOf(conversation) >= this.#streamTimeMs;
  }

  oldest(): OpenConversation | undefined {
    return this.#oldest;
  }

  resumePoint(committed: bigint): ResumePoint {
    const oldest = this.#oldest;
    const offset = oldest === undefined ? committed : BigInt(oldest.firstOffset);
    return { offset, committed, streamTimeMs: oldest?.streamTimeBeforeMs ?? this.#streamTimeMs, cuts: this.#cuts.encode(Number(offset)) };
  }

  #open(conversationId: string, { record, offset, idleEndMs = this.#idleEndMsAtLeast, streamTimeBeforeMs }: Touch): OpenConversation {
    const late = record.timeMs < this.#streamTimeMs - idleEndMs;
    const startedMs = this.#activeMsOf(record);
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
      given: NOTHING,
      hadTrouble: false,
      turns: 0,
      troubledTurns: 0,
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

  #take(conversation: OpenConversation): void {
    conversation.settled = true;
    this.#unlink(conversation);
    this.#byId.delete(conversation.conversationId);
  }

  /** Takes out all of the conversation's group, in the order of opening: whoever replays must know of the group alone. */
  #cutGroupOf({ conversationId }: OpenConversation): OpenConversation[] {
    const group = groupOf(conversationId);
    const taken: OpenConversation[] = [];
    for (let open = this.#oldest; open !== undefined; open = open.newer) if (groupOf(open.conversationId) === group) taken.push(open);
    for (const conversation of taken) this.#take(conversation);
    this.#cuts.cut(group, this.#offset);
    return taken;
  }

  #schedule(conversation: OpenConversation, dueMs: number): void {
    conversation.scheduledAfterMs = msBetween(conversation.startedMs, dueMs);
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

  /** In a replay nothing is cut: the cuts that were made are known, and what had settled by then may seem open for longer. */
  #dueMsOf(conversation: OpenConversation): number {
    const idleDueMs = idleDueMsOf(conversation);
    return this.#isReplaying ? idleDueMs : Math.min(idleDueMs, conversation.startedMs + this.#config.maxConversationMs);
  }

  /** From here on conversations grow too old, those that were restored among them. */
  #goLive(): void {
    this.#isLive = true;
    for (let open = this.#oldest; open !== undefined; open = open.newer) {
      const dueMs = this.#dueMsOf(open);
      if (dueMs - open.startedMs < (open.scheduledAfterMs ?? Infinity)) this.#schedule(open, dueMs);
    }
  }

  get #isReplaying(): boolean {
    return this.#offset < this.#committed;
  }

  /**
   * When a record shows its conversation to be active. One that comes late counts as of now: else each record of a late segment would
   * settle the one before. It must not depend on what is open: a replay that begins in the middle of a conversation, which had settled
   * before the resume point, would otherwise have it end later than it did.
   */
  #activeMsOf({ timeMs }: TrackedRecord): number {
    return timeMs < this.#streamTimeMs - this.#idleEndMsAtLeast ? this.#streamTimeMs : timeMs;
  }
}

const idleDueMsOf = ({ startedMs, lastActivityAfterMs, idleEndMs }: OpenConversation): number => startedMs + lastActivityAfterMs + idleEndMs;
