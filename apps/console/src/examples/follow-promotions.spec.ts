// What docs/examples/consumers/follow-promotions.mjs makes of records. `npm run verify -- consumers` runs it against a real Kafka.
import { encodeEvent, type EventEnvelope } from '@ratchet/contracts';
import { describe, expect, it } from '@jest/globals';
import { loadExample } from './spec-support/load-example.js';
import { promotedEvent } from './spec-support/promotion-events.js';

interface Identified {
  readonly source: string;
  readonly id: string;
}
type Example = { eventOf: (message: { headers?: object; value: Buffer | null }) => object | undefined; rememberEvents: (max?: number) => { has: (event: Identified) => boolean; add: (event: Identified) => void } };
const { eventOf, rememberEvents } = await loadExample<Example>('follow-promotions.mjs');

describe('eventOf', () => {
  it('reads a record as the rollout-controller writes it', () => {
    const { specversion, datacontenttype, ...event } = promotedEvent(1);
    const { headers, value } = encodeEvent(event as unknown as EventEnvelope);
    const buffers = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
    expect(eventOf({ headers: buffers, value: Buffer.from(value) })).toEqual({ specversion, ...event });
    expect(datacontenttype).toBe('application/json');
  });

  it('reads a structured one', () => {
    expect(eventOf({ value: Buffer.from(JSON.stringify(promotedEvent(1))) })).toEqual(promotedEvent(1));
  });

  it.each([['nothing', null], ['no JSON', Buffer.from('{')], ['no object', Buffer.from('null')], ['no CloudEvent', Buffer.from('{"version":"v2"}')]])('passes over %s', (_, value) => {
    expect(eventOf({ value })).toBeUndefined();
  });
});

describe('rememberEvents', () => {
  it('tells the same event from another, and forgets the oldest first', () => {
    const handled = rememberEvents(2);
    for (const id of ['1', '2', '3']) handled.add({ source: 'a', id });
    expect([['a', '1'], ['a', '2'], ['a', '3'], ['b', '3']].map(([source = '', id = '']) => handled.has({ source, id }))).toEqual([false, true, true, false]);
  });
});
