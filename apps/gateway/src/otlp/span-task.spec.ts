import { describe, expect, it } from '@jest/globals';
import type { Interaction } from '@ratchet/domain';
import type { ConsumedRecord } from '@ratchet/kafka';
import { chatSpan, jsonRequest, protobufRequest } from '../spec-support/otlp-request.js';
import { SpanTask, type SpanTaskOptions } from './span-task.js';

const seen: unknown[] = [];
const options: SpanTaskOptions = { workloads: {}, eventBytesMax: 5_000, prepare: (event) => event, onRecord: (outcome) => seen.push(outcome), onDeadLetter: (_record, { code }) => seen.push(code) };
const task = new SpanTask(options);
const recordOf = (value: Buffer | null): ConsumedRecord => ({ topic: 'otlp_spans', partition: 2, offset: 7n, timestampMs: 1_772_442_000_000, key: null, value, headers: {} });

describe('a record of the collector', () => {
  const spans = [chatSpan(0, { conversation: 'c1' }), chatSpan(1, { conversation: 'c2' })];

  it('gives the same interactions in both encodings, keyed by conversation, at each time it is read', () => {
    const fromProtobuf = task.process(recordOf(protobufRequest(spans)));
    expect(fromProtobuf.map(({ topic, key }) => [topic, key])).toEqual([['ratchet.interactions.v1', 'c1'], ['ratchet.interactions.v1', 'c2']]);
    expect(task.process(recordOf(Buffer.from(JSON.stringify(jsonRequest(spans)))))).toEqual(fromProtobuf);
    expect(task.process(recordOf(protobufRequest(spans)))).toEqual(fromProtobuf);
  });

  it('is set aside where a span of it is too large, and the others go on', () => {
    seen.length = 0;
    const produced = task.process(recordOf(protobufRequest([...spans, chatSpan(2, { answer: 'x'.repeat(6_000) })])));
    expect(produced.map(({ topic }) => topic)).toEqual(['ratchet.interactions.v1', 'ratchet.interactions.v1', 'otlp_spans.gateway.dlq']);
    expect(produced[2]?.headers).toMatchObject({ ratchet_dlq_code: 'bad_spans', ratchet_dlq_offset: '7' });
    expect(seen).toEqual([{ interactions: 2, ignored: 0, rejected: 1 }, 'bad_spans']);
  });

  it('gives what may be recorded of it, and nothing of a conversation that may not', () => {
    const prepare: SpanTaskOptions['prepare'] = (event) => {
      const data = event.data as Interaction;
      return data.conversationId === 'c1' ? undefined : { ...event, data: { ...data, output: { content: '[phone]' } } };
    };
    const produced = new SpanTask({ ...options, prepare }).process(recordOf(protobufRequest(spans)));
    expect(produced.map(({ key, value }) => [key, (JSON.parse(String(value)) as Interaction).output?.content])).toEqual([['c2', '[phone]']]);
  });

  it('needs nothing from before it', () => {
    expect(task.resumePoint(9n)).toEqual({ replayFrom: 9n, streamTimeMs: 0, marks: {} });
    expect([task.endBatch(), task.clockRecord()]).toEqual([[], undefined]);
  });
});
