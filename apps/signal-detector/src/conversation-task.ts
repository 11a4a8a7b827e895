import { decodeMessage, encodeEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { clockAdvanced, instantMsOf, instantOf, vitalsCounted } from '@ratchet/domain';
import { toDeadLetter } from '@ratchet/kafka';
import type { ConsumedRecord, DeadLetterReason, PartitionTask, ProducedRecord, ResumePoint } from '@ratchet/kafka';
import { derivedId } from '@ratchet/observability';
import { ConversationTracker } from '@ratchet/signals';
import type { Emission, SignalsConfig, TrackedEvent } from '@ratchet/signals';

const SOURCE = '/ratchet/signal-detector';
const SERVICE = 'signal-detector';
/** An event may be ahead of its append time by a producer's clock error, but not drag stream time into the future. */
const AHEAD_MS_MAX = 60_000;
const CLOCK_EVERY_MS = 1_000;
const NOTHING: readonly ProducedRecord[] = [];

export interface ConversationTaskOptions {
  readonly partition: number;
  readonly detection: SignalsConfig;
  readonly position: bigint;
  readonly resume: ResumePoint | undefined;
  readonly onEmission: (emission: Emission) => void;
  readonly onDeadLetter: (record: ConsumedRecord, reason: DeadLetterReason) => void;
}

/** Joins the conversation tracker to the log: records in, signals, failures, vitals and dead letters out. */
export class ConversationTask implements PartitionTask {
  private readonly tracker: ConversationTracker;
  private lastClockMs = 0;

  constructor(private readonly options: ConversationTaskOptions) {
    const { detection, position, resume } = options;
    this.tracker = new ConversationTracker({ config: detection, ...(resume && { resume: { committed: position, streamTimeMs: resume.streamTimeMs, cuts: resume.marks } }) });
  }

  get openConversations(): number {
    return this.tracker.openConversations;
  }

  process(record: ConsumedRecord): readonly ProducedRecord[] {
    const decoded = decodeMessage(record, record.topic);
    if (!decoded.ok) {
      this.options.onDeadLetter(record, decoded);
      return [toDeadLetter({ record, service: SERVICE, reason: decoded, nowMs: record.timestampMs })];
    }
    const { event } = decoded;
    const emissions = this.tracker.apply({ event: event as unknown as TrackedEvent, eventId: event.id, offset: record.offset, timeMs: eventTimeMs(event, record) });
    if (emissions.length === 0) return NOTHING;
    const time = instantOf(this.tracker.streamTimeMs);
    const produced: ProducedRecord[] = [];
    for (const emission of emissions) {
      const { id, type, data } = emission;
      this.options.onEmission(emission);
      produced.push(encodeEvent({ id, source: SOURCE, type, time, causationid: event.id, data }));
    }
    return produced;
  }

  endBatch({ first, last }: { first: bigint; last: bigint }): readonly ProducedRecord[] {
    const time = instantOf(this.tracker.streamTimeMs);
    return this.tracker
      .drainVitals({ partition: this.options.partition, fromOffset: first, toOffset: last })
      .map((vitals) => encodeEvent({ id: vitals.vitalsId, source: SOURCE, type: vitalsCounted.type, time, data: vitals }));
  }

  endReplay(): void {
    this.tracker.drainVitals({ partition: this.options.partition, fromOffset: 0n, toOffset: 0n });
  }

  resumePoint(position: bigint): ResumePoint {
    const { offset, streamTimeMs, cuts } = this.tracker.resumePoint(position);
    return { replayFrom: offset, streamTimeMs, marks: cuts };
  }

  clockRecord(nowMs: number): ProducedRecord | undefined {
    if (this.tracker.openConversations === 0 || nowMs - this.lastClockMs < CLOCK_EVERY_MS) return undefined;
    this.lastClockMs = nowMs;
    const time = instantOf(nowMs);
    const record = encodeEvent({ id: derivedId('clock', this.options.partition, nowMs), source: SOURCE, type: clockAdvanced.type, time, data: { advancedTo: time } });
    return { ...record, key: null };
  }
}

const eventTimeMs = (event: EventEnvelope, record: ConsumedRecord): number => Math.min(instantMsOf(event.time), record.timestampMs + AHEAD_MS_MAX);
