import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openGatewayUnderTest, type GatewayUnderTest } from './gateway-under-test.js';

const ended = (id: string, change: object = {}) => ({
  specversion: '1.0',
  id,
  source: '/product',
  type: 'ratchet.conversation.ended',
  data: { conversationId: 'c1', endedAt: '2026-01-01T00:00:00Z' },
  tenant: 'north',
  ...change,
});

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await openGatewayUnderTest({});
});
afterEach(() => gateway.finish());

const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
  gateway.server.inject({ method: 'POST', url, payload: JSON.stringify(payload), headers: { 'content-type': 'application/json', ...headers } });

describe('POST /v1/events', () => {
  it.each([
    ['one structured event', 'application/cloudevents+json', (id: string): unknown => ended(id)],
    ['a batch', 'application/cloudevents-batch+json', (id: string): unknown => [ended(id)]],
    ['a JSON array', 'application/json', (id: string): unknown => [ended(id)]],
  ])('takes %s, after Kafka has acknowledged it', async (_what, type, payload) => {
    const response = await post('/v1/events', payload('e1'), { 'content-type': type });
    expect([response.statusCode, response.json()]).toEqual([202, { results: [{ id: 'e1', status: 'accepted' }] }]);
    expect(gateway.sender.records).toMatchObject([
      { topic: 'ratchet.interactions.v1', key: 'c1', headers: { ce_id: 'e1', ce_type: 'ratchet.conversation.ended', ce_source: '/product', ce_tenant: 'north' } },
    ]);
  });

  it('says of each event what became of it', async () => {
    const response = await post('/v1/events', [
      ended('good'),
      ended('bad', { data: { conversationId: '' } }),
      ended('internal', { type: 'ratchet.clock.advanced', data: { advancedTo: '2026-01-01T00:00:00Z' } }),
      ended('large', { data: { conversationId: 'c1', endedAt: '2026-01-01T00:00:00Z', taskCompleted: true }, type: 'ratchet.interaction.completed' }),
      'no event',
    ]);
    expect(response.statusCode).toBe(200);
    const { results } = response.json() as { results: { id: string | null; status: string; error?: string }[] };
    expect(results.map(({ id, status }) => [id, status])).toEqual([['good', 'accepted'], ['bad', 'rejected'], ['internal', 'rejected'], ['large', 'rejected'], [null, 'rejected']]);
    expect(results[1]?.error).toContain('conversationId');
    expect(results[2]?.error).toContain('not accepted here');
    expect(gateway.sender.records).toHaveLength(1);
  });

  it('refuses a request without any good event, too many events, and an event that Kafka would not take', async () => {
    expect((await post('/v1/events', [ended('bad', { source: '' })])).statusCode).toBe(400);
    expect((await post('/v1/events', [])).statusCode).toBe(400);
    expect((await post('/v1/events', Array.from({ length: 6 }, (_, at) => ended(`e${at}`)))).statusCode).toBe(413);
    const large = ended('large', { type: 'ratchet.handoff.requested', data: { conversationId: 'c1', requestedAt: '2026-01-01T00:00:00Z', channel: 'x'.repeat(150) } });
    expect((await post('/v1/events', large)).statusCode).toBe(202);
    const feedback = { feedbackId: 'f', conversationId: 'c1', name: 'comment', comment: 'x'.repeat(6_000), source: { type: 'user' }, givenAt: '2026-01-01T00:00:00Z' };
    const tooLarge = await post('/v1/events', ended('f', { type: 'ratchet.feedback.given', data: feedback }));
    expect(tooLarge.json().results[0].error).toContain('too_large');
    const wide = await post('/v1/events', ended('wide', { tenant: 'x'.repeat(6_000) }));
    expect([wide.statusCode, wide.json().results[0].error]).toEqual([400, expect.stringContaining('too_large')]);
    expect((await post('/v1/events', ended('e\u0000'))).json().results[0].error).toContain('control character');
  });

  it('says 503 when Kafka does not acknowledge, so that the product keeps its events', async () => {
    gateway.sender.before = () => Promise.reject(new Error('no broker'));
    const response = await post('/v1/events', [ended('e1'), ended('e2', { type: 'unknown' })]);
    expect(response.statusCode).toBe(503);
    expect(response.json().results.map(({ status }: { status: string }) => status)).toEqual(['rejected', 'rejected']);
    gateway.sender.before = () => undefined;
    expect((await post('/v1/events', [ended('e1')])).statusCode).toBe(202);
    expect(gateway.sender.records.map(({ headers }) => headers['ce_id'])).toEqual(['e1']);
  });
});

describe('POST /v1/handoff', () => {
  it('takes a wish for a person', async () => {
    expect((await post('/v1/handoff', { conversationId: 'c1', channel: 'phone' })).statusCode).toBe(202);
    expect((await post('/v1/handoff', { channel: 'phone' })).statusCode).toBe(400);
    await gateway.finish();
    expect(gateway.sender.dataOf('ratchet.handoff.requested')).toMatchObject([{ conversationId: 'c1', channel: 'phone', requestedAt: expect.any(String) }]);
    gateway = await openGatewayUnderTest({});
  });
});
