import { decodeMessage, encodeEvent, isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, clockAdvanced, feedbackGiven, instantMsOf, instantOf, interactionCompleted, isKnownFeedbackName, queryOf, type VitalsCounted, vitalsCounted } from '@ratchet/domain';
import type { Feedback } from '@ratchet/domain';
import { toDeadLetter } from '@ratchet/kafka';
import type { ConsumedRecord, DeadLetterReason, PartitionTask, ProducedRecord, ResumePoint, TaskStart } from '@ratchet/kafka';
import { derivedId } from '@ratchet/observability';
import { ConversationTracker, keptText } from '@ratchet/signals';
import type { Emission, FailureWeights, SignalsConfig, TrackedEvent } from '@ratchet/signals';
import type { PrefetchedEmbedding } from './embeddings/prefetched-embedding.js';
import { KEY_ADVICE, keyProblemOf } from './key-check.js';
import type { KeyProblem } from './key-check.js';

const SOURCE = '/ratchet/signal-detector';
const SERVICE = 'signal-detector';
/** An event may be ahead of its append time by a producer's clock error, but not drag stream time into the future. */
const AHEAD_MS_MAX = 60_000;
const CLOCK_EVERY_MS = 1_000;
const KEY_ALERT_EVERY_MS = 3_600_000;
const NOTHING: readonly ProducedRecord[] = [];

/** Told of what a task does, but not of what it only does again to restore its state. */
export interface TaskObserver {
  readonly onEmission: (emission: Emission) => void;
  readonly onVitals: (vitals: VitalsCounted) => void;
  /** Told of an event before it is processed; what it gives is told of all that came of it. */
  readonly onEvent: (event: EventEnvelope, record: ConsumedRecord) => ((emissions: readonly Emission[]) => void) | undefined;
  readonly onDeadLetter: (record: ConsumedRecord, reason: DeadLetterReason) => void;
  readonly onKeyProblem: (problem: KeyProblem) => void;
  /** Feedback by a name that means nothing and is not declared: its value says nothing. */
  readonly onUnknownFeedback: (name: string) => void;
  /** The restored state has another number of open conversations than the one that was committed. */
  readonly onRestoreDiffers: (counts: { readonly partition: number; readonly expected: number; readonly restored: number }) => void;
}

export interface ConversationTaskOptions extends TaskStart {
  readonly detection: SignalsConfig;
  /** Shared by the partitions of the process; without it, messages are compared by words and hashed n-grams. */
  readonly embedding?: PrefetchedEmbedding | undefined;
  /** Without them, the weights that ship. */
  readonly weights?: FailureWeights | undefined;
  readonly observer?: Partial<TaskObserver>;
}

/** Joins the conversation tracker to the log: records in, signals, failures, vitals and dead letters out. */
export class ConversationTask implements PartitionTask {
  /** Nothing waits where nothing is to be fetched. */
  readonly prepare: PartitionTask['prepare'];
  private readonly tracker: ConversationTracker;
  private lastClockMs = 0;
  /** Hour of append time, counted from 1970, of the last alert about keys. */
  private keyAlertHour: number;

  constructor(private readonly options: ConversationTaskOptions) {
    const { detection, embedding, weights, position, resume } = options;
    this.prepare = embedding && ((records) => this.fetchVectors(records, embedding));
    this.keyAlertHour = Number.parseInt(resume?.marks['keys'] ?? '0', 36);
    this.tracker = new ConversationTracker({
      config: detection,
      ...(embedding && { embedding }),
      ...(weights && { weights }),
      ...(resume && { resume: { offset: resume.replayFrom, committed: position, streamTimeMs: resume.streamTimeMs, cuts: resume.marks['cuts'] } }),
    });
  }

  get openConversations(): number {
    return this.tracker.openConversations;
  }

  /** Records are decoded twice where an embedding is configured; beside a call over the network that is nothing. */
  private async fetchVectors(records: readonly ConsumedRecord[], embedding: PrefetchedEmbedding): Promise<void> {
    const queries = records.flatMap((record) => {
      const decoded = decodeMessage(record, record.topic);
      return decoded.ok && isEvent(decoded.event, interactionCompleted) ? [keptText(queryOf(decoded.event.data), this.options.detection.maxKeptChars)] : [];
    });
    await embedding.prefetch(queries.filter((query) => query.trim() !== ''));
  }

  process(record: ConsumedRecord): readonly ProducedRecord[] {
    const decoded = decodeMessage(record, record.topic);
    const { observer = {}, position } = this.options;
    const isReplayed = record.offset < position;
    if (!decoded.ok) {
      if (!isReplayed) observer.onDeadLetter?.(record, decoded);
      return [toDeadLetter({ record, service: SERVICE, reason: decoded, nowMs: record.timestampMs })];
    }
    const { event } = decoded;
    const told = isReplayed ? undefined : observer.onEvent?.(event, record);
    const { id: eventId, traceparent } = event;
    const emissions = this.tracker.apply({ event: event as unknown as TrackedEvent, eventId, traceparent, offset: record.offset, timeMs: eventTimeMs(event, record) });
    told?.(emissions);
    if (!isReplayed && event.type === feedbackGiven.type) this.checkFeedbackName(event.data as Feedback);
    const alert = this.checkKey(record, event as unknown as TrackedEvent, isReplayed);
    if (emissions.length === 0 && alert === undefined) return NOTHING;
    const time = instantOf(this.tracker.streamTimeMs);
    const produced: ProducedRecord[] = alert ? [alert] : [];
    for (const emission of emissions) {
      const { id, type, data, traceparent: about } = emission;
      if (!isReplayed) observer.onEmission?.(emission);
      // As it came: a replay must put out the same, so no new span can stand here.
      produced.push(encodeEvent({ id, source: SOURCE, type, time, causationid: eventId, ...(about !== undefined && { traceparent: about }), data }));
    }
    return produced;
  }

  endBatch({ first, last }: { first: bigint; last: bigint }): readonly ProducedRecord[] {
    const time = instantOf(this.tracker.streamTimeMs);
    const { partition, observer = {} } = this.options;
    return this.tracker.drainVitals({ partition, fromOffset: first, toOffset: last }).map((vitals) => {
      observer.onVitals?.(vitals);
      return encodeEvent({ id: vitals.vitalsId, source: SOURCE, type: vitalsCounted.type, time, data: vitals });
    });
  }

  endReplay(): void {
    const { partition, resume, observer = {} } = this.options;
    this.tracker.drainVitals({ partition, fromOffset: 0n, toOffset: 0n });
    const expected = Number(resume?.marks['open'] ?? Number.NaN);
    if (expected >= 0 && expected !== this.openConversations) observer.onRestoreDiffers?.({ partition, expected, restored: this.openConversations });
  }

  resumePoint(position: bigint): ResumePoint {
    const { offset, streamTimeMs, cuts } = this.tracker.resumePoint(position);
    return { replayFrom: offset, streamTimeMs, marks: { open: String(this.openConversations), ...(cuts && { cuts }), ...(this.keyAlertHour > 0 && { keys: this.keyAlertHour.toString(36) }) } };
  }

  clockRecord(nowMs: number): ProducedRecord | undefined {
    if (this.tracker.openConversations === 0 || nowMs - this.lastClockMs < CLOCK_EVERY_MS) return undefined;
    this.lastClockMs = nowMs;
    const time = instantOf(nowMs);
    const record = encodeEvent({ id: derivedId('clock', this.options.partition, nowMs), source: SOURCE, type: clockAdvanced.type, time, data: { advancedTo: time } });
    return { ...record, key: null };
  }

  private checkFeedbackName({ name }: Feedback): void {
    const { detection, observer = {} } = this.options;
    if (!isKnownFeedbackName(detection.feedbackMetrics, name)) observer.onUnknownFeedback?.(name);
  }

  /** A product whose producer places records otherwise loses detections, and sees nothing of it: so it is told, once an hour. */
  private checkKey(record: ConsumedRecord, event: TrackedEvent, isReplayed: boolean): ProducedRecord | undefined {
    if (event.type === clockAdvanced.type) return undefined;
    const { partition, partitions, observer = {} } = this.options;
    const problem = keyProblemOf(record, { conversationId: event.data.conversationId, partitions });
    if (problem === undefined) return undefined;
    if (!isReplayed) observer.onKeyProblem?.(problem);
    const hour = Math.floor(record.timestampMs / KEY_ALERT_EVERY_MS);
    if (hour === this.keyAlertHour) return undefined;
    this.keyAlertHour = hour;
    const alertId = derivedId('alert', 'misplaced_keys', partition, hour);
    const raisedAt = instantOf(record.timestampMs);
    const workload = event.type === 'ratchet.interaction.completed' ? event.data.workload : 'default';
    const message = `${record.topic}/${partition}: ${KEY_ADVICE[problem]}. Until then conversations are seen in pieces`;
    return encodeEvent({ id: alertId, source: SOURCE, type: alertRaised.type, time: raisedAt, data: { alertId, workload, name: 'misplaced_keys', severity: 'warning', message, raisedAt } });
  }
}

const eventTimeMs = (event: EventEnvelope, record: ConsumedRecord): number => Math.min(instantMsOf(event.time), record.timestampMs + AHEAD_MS_MAX);
