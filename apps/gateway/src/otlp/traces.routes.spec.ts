import { gzipSync } from 'node:zlib';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Interaction } from '@ratchet/domain';
import { openGatewayUnderTest, type GatewayUnderTest } from '../http/gateway-under-test.js';
import { chatSpan, jsonRequest, protobufRequest } from '../spec-support/otlp-request.js';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await openGatewayUnderTest({ workloads: { 'gpt-x': 'support' } });
});
afterEach(() => gateway.finish());

const post = (payload: Buffer | string, type: string, headers: Record<string, string> = {}) => gateway.server.inject({ method: 'POST', url: '/v1/traces', payload, headers: { 'content-type': type, ...headers } });
const recorded = (): Interaction[] => gateway.sender.dataOf<Interaction>('ratchet.interaction.completed');

/** google.rpc.Status, read back. */
const statusIn = (payload: Buffer): { code: number; message: string } => {
  const reader = new BinaryReader(payload);
  reader.tag();
  const code = reader.int32();
  reader.tag();
  return { code, message: reader.string() };
};

const spans = [chatSpan(0), chatSpan(1, { conversation: 'c2' }), { ...chatSpan(2), attributes: { 'http.request.method': 'GET' } }];

describe('POST /v1/traces', () => {
  it.each<[string, string, () => Buffer]>([
    ['protobuf', PROTOBUF, () => protobufRequest(spans)],
    ['JSON', JSON_TYPE, () => Buffer.from(JSON.stringify(jsonRequest(spans)))],
  ])('takes %s, as it is and compressed, and answers in it when Kafka has acknowledged', async (_what, type, body) => {
    const plain = await post(body(), type);
    const zipped = await post(gzipSync(body()), type, { 'content-encoding': 'gzip' });
    for (const response of [plain, zipped]) {
      expect([response.statusCode, response.headers['content-type'], response.rawPayload.toString()]).toEqual([200, type, type === JSON_TYPE ? '{}' : '']);
    }
    const records = gateway.sender.records;
    expect(records.map(({ key }) => key)).toEqual(['c1', 'c2', 'c1', 'c2']);
    expect(records[2]).toEqual(records[0]);
    expect(recorded()[0]).toMatchObject({ conversationId: 'c1', workload: 'support', output: { content: 'It arrives today.' }, usage: { inputTokens: 7 }, latencyMs: 1000 });
    expect(await gateway.metrics.registry.metrics()).toContain('ratchet_gateway_spans_total{outcome="ignored"} 2');
  });

  it('says how many spans it could not take, and why', async () => {
    const bad = [chatSpan(0), { ...chatSpan(1), startTimeUnixNano: '0' }, chatSpan(2, { answer: 'x'.repeat(6_000) })];
    const json = await post(JSON.stringify(jsonRequest(bad)), JSON_TYPE);
    expect([json.statusCode, json.json().partialSuccess.rejectedSpans]).toEqual([200, '2']);
    expect(json.json().partialSuccess.errorMessage).toMatch(/startTimeUnixNano.*too_large/u);
    const reader = new BinaryReader((await post(protobufRequest(bad), PROTOBUF)).rawPayload);
    expect([reader.tag()[0], reader.uint32() > 0, reader.tag()[0], Number(reader.int64()), reader.tag()[0], reader.string().includes('too_large')]).toEqual([1, true, 1, 2, 2, true]);
    expect(recorded()).toHaveLength(2);
  });

  it.each<[string, string, Buffer | string, Record<string, string>, number, RegExp]>([
    ['no JSON', JSON_TYPE, '{', {}, 400, /not JSON/u],
    ['no trace request', JSON_TYPE, '{"resourceSpans": 7}', {}, 400, /resourceSpans/u],
    ['JSON that nests without end', JSON_TYPE, gzipSync('['.repeat(150_000)), { 'content-encoding': 'gzip' }, 400, /levels/u],
    ['no protobuf', PROTOBUF, Buffer.from('resource spans'), {}, 400, /ExportTraceServiceRequest/u],
    ['protobuf that is cut off', PROTOBUF, protobufRequest(spans).subarray(0, 100), {}, 400, /ExportTraceServiceRequest/u],
    ['no gzip', PROTOBUF, Buffer.from('zip'), { 'content-encoding': 'gzip' }, 400, /gzip/u],
    ['another compression', PROTOBUF, Buffer.from('x'), { 'content-encoding': 'br' }, 415, /gzip/u],
    ['another type', 'text/plain', 'x', {}, 415, /x-protobuf/u],
    ['a body that is too large', JSON_TYPE, ' '.repeat(50_001), {}, 413, /too large/u],
    ['a body that is too large without its compression', JSON_TYPE, gzipSync(' '.repeat(200_001)), { 'content-encoding': 'gzip' }, 413, /200000/u],
  ])('refuses %s', async (_what, type, payload, headers, status, message) => {
    const response = await post(payload, type, headers);
    const said = type === JSON_TYPE ? response.json() : statusIn(response.rawPayload);
    expect([response.statusCode, response.headers['content-type']]).toEqual([status, type === JSON_TYPE ? JSON_TYPE : PROTOBUF]);
    expect(said.message).toMatch(message);
    expect(said.code).toBe(status === 413 ? 8 : 3);
    expect(gateway.sender.records).toEqual([]);
  });

  it('takes requests without spans', async () => {
    expect((await post('{}', JSON_TYPE)).statusCode).toBe(200);
    expect((await post(Buffer.alloc(0), PROTOBUF)).statusCode).toBe(200);
  });

  it('says 503 and when to come again while Kafka does not acknowledge', async () => {
    gateway.sender.before = () => Promise.reject(new Error('no broker'));
    const response = await post(protobufRequest(spans), PROTOBUF);
    expect([response.statusCode, response.headers['retry-after'], statusIn(response.rawPayload).code]).toEqual([503, '1', 14]);
  });

  it('says 429 and when to come again where too many are in flight', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    gateway.sender.before = () => held;
    const first = Array.from({ length: 4 }, () => post(protobufRequest(spans), PROTOBUF));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const refused = await post(protobufRequest(spans), PROTOBUF);
    expect([refused.statusCode, refused.headers['retry-after'], statusIn(refused.rawPayload).code]).toEqual([429, '1', 8]);
    release();
    expect((await Promise.all(first)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  });
});
