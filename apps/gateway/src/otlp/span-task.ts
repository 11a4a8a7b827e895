import { encodeEvent, type EventEnvelope } from '@ratchet/contracts';
import { toDeadLetter, type ConsumedRecord, type DeadLetterReason, type PartitionTask, type ProducedRecord, type ResumePoint } from '@ratchet/kafka';
import { decodeRequest, JSON_TYPE, PROTOBUF } from './otlp-encoding.js';
import { describeProblems, spanEventsOf, type SpanEvents, type SpanEventsOptions } from './span-events.js';

const SERVICE = 'gateway';
/** `{`: no field of a trace request begins with this byte, while JSON's objects do. */
const BRACE = 0x7b;

export interface SpanTaskOptions extends SpanEventsOptions {
  /** What of an interaction may be recorded; undefined where nothing may. */
  readonly prepare: (event: EventEnvelope) => EventEnvelope | undefined;
  readonly onRecord: (outcome: { readonly interactions: number; readonly ignored: number; readonly rejected: number }) => void;
  readonly onDeadLetter: (record: ConsumedRecord, reason: DeadLetterReason) => void;
}

/**
 * Records of the OpenTelemetry collector's topic in, interactions out, keyed by their conversation. It has no state: what a record gives
 * depends on that record alone, so a restart replays nothing.
 */
export class SpanTask implements PartitionTask {
  constructor(private readonly options: SpanTaskOptions) {}

  process(record: ConsumedRecord): readonly ProducedRecord[] {
    const decoded = this.decode(record);
    if ('code' in decoded) return [this.deadLetter(record, decoded)];
    const { events, ignored, problems } = decoded;
    this.options.onRecord({ interactions: events.length, ignored, rejected: problems.length });
    const produced: ProducedRecord[] = events.flatMap((event) => this.options.prepare(event) ?? []).map(encodeEvent);
    // What could be read of the record goes on; the whole of it is kept for whoever wants the rest. Ids are derived, so a replay doubles nothing.
    if (problems.length > 0) produced.push(this.deadLetter(record, { code: 'bad_spans', message: `${problems.length} spans were refused: ${describeProblems(problems)}` }));
    return produced;
  }

  endBatch(): readonly ProducedRecord[] {
    return [];
  }

  endReplay(): void {}

  resumePoint(position: bigint): ResumePoint {
    return { replayFrom: position, streamTimeMs: 0, marks: {} };
  }

  clockRecord(): undefined {
    return undefined;
  }

  private decode({ value }: ConsumedRecord): SpanEvents | DeadLetterReason {
    if (value === null) return { code: 'null_value', message: 'the record has no value' };
    try {
      return spanEventsOf(decodeRequest(value, value[0] === BRACE ? JSON_TYPE : PROTOBUF), this.options);
    } catch (error) {
      return { code: 'not_otlp', message: error instanceof Error ? error.message : String(error) };
    }
  }

  private deadLetter(record: ConsumedRecord, reason: DeadLetterReason): ProducedRecord {
    this.options.onDeadLetter(record, reason);
    return toDeadLetter({ record, service: SERVICE, reason, nowMs: record.timestampMs });
  }
}
