import { describe, expect, it } from '@jest/globals';
import { feedbackGiven } from '@ratchet/domain';
import { checkStructured, decodeMessage, encodeEvent, isEvent, toStructured } from './envelope.js';
import type { EventEnvelope, MessageLike } from './envelope.js';

const TOPIC = 'ratchet.interactions.v1';
const data = { feedbackId: 'f1', conversationId: 'c1', name: 'thumbs', value: true, source: { type: 'user' }, givenAt: '2026-01-01T00:00:00Z' };
const event: EventEnvelope = {
  id: 'e1', source: '/product', type: feedbackGiven.type, time: '2026-01-01T00:00:01Z', subject: 's', correlationid: 'cycle', causationid: 'e0', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  extensions: { tenant: 't1' }, data,
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const binary = ({ value = JSON.stringify(data), headers = {} }: { value?: string | Uint8Array | null; headers?: Record<string, string | Uint8Array | undefined> } = {}): MessageLike => ({
  value: typeof value === 'string' ? bytes(value) : value,
  headers: { ce_specversion: '1.0', ce_id: 'e1', ce_source: '/product', ce_type: feedbackGiven.type, ce_time: '2026-01-01T00:00:01Z', ...headers },
});

describe('an event', () => {
  it('comes back from a record in binary mode as it was, attributes that nobody here knows included', () => {
    const { topic, key, value, headers } = encodeEvent(event);
    expect({ topic, key }).toEqual({ topic: TOPIC, key: 'c1' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', ce_specversion: '1.0', ce_tenant: 't1', ce_correlationid: 'cycle' });
    expect(decodeMessage({ value: bytes(value), headers }, topic)).toEqual({ ok: true, event });
  });

  it('comes back from its structured form, in a record and over HTTP', () => {
    const structured = toStructured(event);
    expect(checkStructured(JSON.parse(JSON.stringify(structured)))).toEqual({ ok: true, event });
    expect(decodeMessage({ value: bytes(JSON.stringify(structured)) }, TOPIC)).toEqual({ ok: true, event });
  });

  it('takes the time of its record where it has none', () => {
    const decoded = decodeMessage({ ...binary({ headers: { ce_time: undefined } }), timestampMs: Date.parse('2026-02-03T04:05:06Z') }, TOPIC);
    expect(decoded).toMatchObject({ ok: true, event: { time: '2026-02-03T04:05:06.000Z' } });
  });

  it('may have headers as bytes, in any case, and repeated', () => {
    const headers = { CE_Specversion: '1.0', ce_ID: bytes('e1'), ce_source: ['/first', '/second'], ce_type: feedbackGiven.type };
    expect(decodeMessage({ value: bytes(JSON.stringify(data)), headers }, TOPIC)).toMatchObject({ ok: true, event: { id: 'e1', source: '/first' } });
  });

  it('cannot be encoded when no topic carries its type', () => {
    expect(() => encodeEvent({ ...event, type: 'ratchet.nothing.happened' })).toThrow('ratchet.nothing.happened is in no topic of the catalogue');
  });

  it('is narrowed to a type by its definition', () => {
    expect(isEvent(event, feedbackGiven)).toBe(true);
    expect(isEvent({ ...event, type: 'other' }, feedbackGiven)).toBe(false);
  });
});

describe('a record that is no event', () => {
  it.each([
    { code: 'null_value', message: binary({ value: null }) },
    { code: 'not_utf8', message: binary({ value: new Uint8Array([0xff, 0xfe]) }) },
    { code: 'not_utf8', message: binary({ headers: { ce_id: new Uint8Array([0xff]) } }) },
    { code: 'not_json', message: binary({ value: '{"half":' }) },
    { code: 'bad_envelope', message: binary({ headers: { ce_id: '' } }) },
    { code: 'bad_envelope', message: binary({ headers: { ce_specversion: '0.3' } }) },
    { code: 'bad_envelope', message: binary({ headers: { ce_time: 'yesterday' } }) },
    { code: 'bad_envelope', message: binary({ headers: { ce_id: 'zero\u0000byte' } }) },
    { code: 'bad_envelope', message: binary({ headers: { ce_source: '/line\nbreak' } }) },
    { code: 'bad_envelope', message: binary({ headers: { ce_tenant: 'c1\u0085control' } }) },
    { code: 'bad_envelope', message: binary({ headers: { 'ce_te\u0007nant': 'north' } }) },
    { code: 'bad_envelope', message: { value: bytes('[1]') } },
    { code: 'unknown_type', message: binary({ headers: { ce_type: 'ratchet.nothing.happened' } }) },
    { code: 'wrong_topic', message: binary({ headers: { ce_type: 'ratchet.vitals.counted' } }) },
    { code: 'wrong_schema', message: binary({ value: '{"feedbackId":1}' }) },
  ])('is refused as $code', ({ code, message }) => {
    const decoded = decodeMessage(message, TOPIC);
    expect(decoded).toMatchObject({ ok: false, code, message: expect.stringMatching(/\S/) });
  });

  it('is refused with the fields that are wrong, and without what stood in them', () => {
    const decoded = decodeMessage(binary({ value: JSON.stringify({ ...data, feedbackId: 17, givenAt: 'secret' }) }), TOPIC);
    expect(decoded).toMatchObject({ ok: false, message: expect.stringMatching(/feedbackId: .*givenAt: /) });
    expect(JSON.stringify(decoded)).not.toContain('secret');
  });
});

describe('headers that repeat', () => {
  const decodedSource = (source: Uint8Array): unknown => {
    const decoded = decodeMessage({ value: bytes(JSON.stringify(data)), headers: { ...binary().headers, ce_source: source } }, TOPIC);
    return decoded.ok ? decoded.event.source : decoded.code;
  };

  it('are read anew when they change, also where the bytes of the last one are written over', () => {
    const shared = bytes('/one');
    expect(decodedSource(shared)).toBe('/one');
    shared.set(bytes('/two'));
    expect(decodedSource(shared)).toBe('/two');
    expect([bytes('/one'), bytes('/o'), bytes(`/${'long'.repeat(40)}`), bytes('/two')].map(decodedSource)).toEqual(['/one', '/o', `/${'long'.repeat(40)}`, '/two']);
    expect(decodedSource(new Uint8Array([0x2f, 0xff]))).toBe('not_utf8');
    expect(decodedSource(bytes('/two'))).toBe('/two');
  });

  it('may have more names than are remembered', () => {
    const headers = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`ce_x${i}`, bytes(String(i))]));
    const decoded = decodeMessage({ value: bytes(JSON.stringify(data)), headers: { ...binary().headers, ...headers } }, TOPIC);
    expect(decoded.ok && decoded.event.extensions?.['x599']).toBe('599');
  });
});
