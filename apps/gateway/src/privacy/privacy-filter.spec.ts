// Goal: nothing that a policy names reaches Kafka or the disk, through whichever door it comes. Method: secrets made from a seed are put into texts
// of every kind at every door, and the bytes that the producer was given are searched for them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { seededRandom, type SeededRandom } from '@ratchet/testing';
import { addVersion, openGatewayUnderTest, routeOf, type GatewayUnderTest } from '../http/gateway-under-test.js';
import { isRecorded } from './privacy-filter.js';

let gateway: GatewayUnderTest;
afterEach(() => gateway.finish());

const post = (url: string, payload: object, headers: Record<string, string> = {}) => gateway.server.inject({ method: 'POST', url, payload, headers });

const withCheckDigit = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + (i % 2 === 0 ? ((Number(digit) * 2) % 10) + Math.floor(Number(digit) / 5) : Number(digit)), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};
const someDigits = (random: SeededRandom, count: number): string => Array.from({ length: count }, () => random.between(0, 9)).join('');
const asIban = (account: string): string => `DE${String(98n - (BigInt(`${account}131400`) % 97n)).padStart(2, '0')}${account}`;
const inFours = (text: string): string => text.replace(/(.{4})(?=.)/gu, '$1 ');

const secretsOf = (random: SeededRandom): string[] => [
  `user${someDigits(random, 6)}@mail${someDigits(random, 3)}.example.org`,
  withCheckDigit(`4${someDigits(random, 14)}`),
  inFours(withCheckDigit(`5${someDigits(random, 14)}`)),
  inFours(asIban(someDigits(random, 18))),
  `+49 30 ${random.between(200000, 899999)}`,
  `10.${random.between(0, 255)}.${random.between(0, 255)}.${random.between(0, 255)}`,
  `https://shop.example/reset?token=${someDigits(random, 12)}`,
  `ORD-${someDigits(random, 6)}`,
];
const before = ['', 'My data: ', 'please (', '"', 'x, '];
const behind = ['', '.', ', thanks', ')', '" was it', ' 12/27'];

const POLICY = { redact: ['email', 'phone', 'card', 'iban', 'ip', 'url'], patterns: [{ name: 'order', pattern: 'ORD-\\d{6}' }] };

const open = async (privacy: object, reply: () => string = () => 'Hello'): Promise<void> => {
  gateway = await openGatewayUnderTest({ answers: { v1: () => ({ content: reply() }) }, privacy, limits: { eventBytesMax: 50_000 }, feedback: { metrics: { solved: { type: 'boolean', better: 'up' } } } });
  addVersion(gateway.table, 'v1');
  gateway.table.applyRouting(routeOf());
};

const event = (id: string, type: string, data: object) => ({ specversion: '1.0', id, source: '/product', type, data });
const interaction = (conversationId: string, text: string, change: object = {}) => ({
  interactionId: `i-${conversationId}`, conversationId, workload: 'support', model: 'assistant', version: 'v1', input: [{ role: 'system', content: text }, { role: 'user', content: text }], output: { content: text },
  error: { type: 'timeout', message: text }, attributes: { note: text, tokens: 3 }, startedAt: '2026-01-01T00:00:00Z', latencyMs: 1, ...change,
});

/** Sends a text through all doors, in all fields that hold texts. */
const sendEverywhere = async (text: string, n: number): Promise<void> => {
  const id = `c${n}`;
  const source = { type: 'user' };
  const statuses = [
    await post('/v1/events', [event(`e${n}`, 'ratchet.interaction.completed', interaction(id, text)), event(`f${n}`, 'ratchet.feedback.given', { feedbackId: `f${n}`, conversationId: id, name: 'comment', comment: text, correction: text, value: text, source, givenAt: '2026-01-01T00:00:00Z' })]),
    await post('/v1/chat/completions', { model: 'assistant', messages: [{ role: 'user', content: text }] }),
    await post('/v1/chat/completions', { model: 'assistant', stream: true, messages: [{ role: 'user', content: text }] }),
    await post('/v1/feedback', { feedbackId: `g${n}`, conversationId: id, name: 'rating', value: 1, comment: text, correction: text }),
    await post('/v1/handoff', { conversationId: id, channel: text }),
    await post('/api/public/scores', { sessionId: id, name: 'solved', value: 1, comment: text }),
    await post('/api/public/scores', { sessionId: id, name: 'correction', value: text }),
    await post('/feedback', { episode_id: id, metric_name: 'comment', value: text }),
    await post('/feedback', { inference_id: id, metric_name: 'demonstration', value: [{ type: 'text', text }] }),
  ].map(({ statusCode }) => statusCode);
  expect(statuses).toEqual([202, 200, 200, 202, 202, 200, 200, 200, 200]);
};

describe('what is recorded', () => {
  it('holds no secret, through whichever door it came', async () => {
    const random = seededRandom(11);
    const secrets = Array.from({ length: 5 }, () => secretsOf(random)).flat();
    let text = '';
    await open(POLICY, () => text);
    for (const [n, secret] of secrets.entries()) {
      text = random.pick(before) + secret + random.pick(behind);
      await sendEverywhere(text, n);
    }
    await gateway.finish();
    expect(gateway.sender.records).toHaveLength(secrets.length * 10);
    const bytes = JSON.stringify(gateway.sender.records);
    expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([]);
    for (const kind of ['email', 'card', 'iban', 'phone', 'ip', 'url', 'order']) expect(bytes).toContain(`[${kind}]`);
    await open({});
  });

  it('is redacted on the disk as well, while Kafka is away', async () => {
    await open(POLICY);
    gateway.sender.before = () => Promise.reject(new Error('no broker'));
    await post('/v1/feedback', { conversationId: 'c1', name: 'comment', comment: 'write to a@b.co' });
    let spooled = '';
    while (spooled === '') {
      await new Promise((resolve) => setTimeout(resolve, 5));
      spooled = await readFile(join(gateway.folder, 'spool.jsonl'), 'utf8').catch(() => '');
    }
    expect(spooled).toContain('write to [email]');
    expect(spooled).not.toContain('a@b.co');
  });

  it('leaves the answer to the user as it is', async () => {
    await open(POLICY, () => 'Write to help@shop.example.');
    const response = await post('/v1/chat/completions', { model: 'assistant', messages: [{ role: 'user', content: 'I am a@b.co' }] });
    expect(response.json().choices[0].message.content).toBe('Write to help@shop.example.');
    await gateway.finish();
    expect(gateway.sender.dataOf('ratchet.interaction.completed')).toMatchObject([{ input: [{ content: 'I am [email]' }], output: { content: 'Write to [email].' } }]);
    await open({});
  });

  it('differs by workload, and feedback goes by the workload of its conversation', async () => {
    await open({ workloads: { support: POLICY } });
    await post('/v1/events', event('e1', 'ratchet.interaction.completed', interaction('hidden', 'a@b.co')));
    await post('/v1/events', event('e2', 'ratchet.interaction.completed', interaction('open', 'a@b.co', { workload: 'sales' })));
    for (const [conversationId, workload] of [['hidden', ''], ['open', ''], ['elsewhere', ''], ['elsewhere', 'sales']] as const) {
      await post('/v1/feedback', { conversationId, name: 'comment', comment: `a@b.co ${workload}` }, workload === '' ? {} : { 'x-ratchet-workload': workload });
    }
    await gateway.finish();
    const contents = gateway.sender.dataOf<{ output: { content: string } }>('ratchet.interaction.completed').map(({ output }) => output.content);
    const comments = gateway.sender.dataOf<{ comment: string }>('ratchet.feedback.given').map(({ comment }) => comment.trim());
    expect(contents).toEqual(['[email]', 'a@b.co']);
    expect(comments).toEqual(['[email]', 'a@b.co', '[email]', 'a@b.co sales']);
    await open({});
  });

  it('tells users apart without saying who they are, where it has a key', async () => {
    await open({ userIdKey: 'a key of some length' });
    const ask = (user: string) => post('/v1/chat/completions', { model: 'assistant', user, messages: [{ role: 'user', content: 'Hi' }] });
    for (const user of ['ann@mail.example', 'bea@mail.example', 'ann@mail.example']) await ask(user);
    await post('/v1/feedback', { conversationId: 'c1', name: 'thumbs', value: true }, { 'x-ratchet-user': 'ann@mail.example' });
    await gateway.finish();
    expect(JSON.stringify(gateway.sender.records)).not.toContain('@mail.example');
    const [ann, bea, again] = gateway.sender.dataOf<{ userId: string }>('ratchet.interaction.completed').map(({ userId }) => userId);
    expect([ann === again, ann === bea]).toEqual([true, false]);
    expect(gateway.sender.dataOf('ratchet.feedback.given')).toMatchObject([{ source: { type: 'user', id: ann } }]);
    await open({});
  });

  it('has no text at all where a workload wants none, and says so', async () => {
    await open({ content: 'none' }, () => 'albatross');
    await sendEverywhere('albatross', 1);
    await gateway.finish();
    expect(JSON.stringify(gateway.sender.records)).not.toContain('albatross');
    const interactions = gateway.sender.dataOf('ratchet.interaction.completed');
    expect(interactions).toHaveLength(3);
    expect(interactions[0]).toMatchObject({ input: [{ role: 'system', content: '' }, { role: 'user', content: '' }], output: { content: '' }, error: { type: 'timeout', message: '' }, attributes: { tokens: 3, 'ratchet.content': 'none' } });
    expect(gateway.sender.dataOf('ratchet.feedback.given')).toContainEqual(expect.objectContaining({ name: 'rating', value: 1 }));
    await open({});
  });
});

describe('the share that is recorded', () => {
  it('is one of whole conversations, about as many as it says', async () => {
    const ids = Array.from({ length: 2_000 }, (_, i) => `conversation-${i}`);
    const recorded = ids.filter((id) => isRecorded(id, 0.3)).length;
    expect(recorded).toBeGreaterThan(520);
    expect(recorded).toBeLessThan(680);
    expect(ids.filter((id) => isRecorded(id, 0.2)).every((id) => isRecorded(id, 0.3))).toBe(true);
    await open({ recordShare: 0.3 });
    for (const id of ids.slice(0, 40)) {
      expect((await post('/v1/events', event(id, 'ratchet.interaction.completed', interaction(id, 'Hi')))).statusCode).toBe(202);
      expect((await post('/v1/feedback', { conversationId: id, name: 'thumbs', value: true })).statusCode).toBe(202);
      expect((await post('/v1/events', event(`${id}-end`, 'ratchet.conversation.ended', { conversationId: id, endedAt: '2026-01-01T00:00:00Z' }))).statusCode).toBe(202);
    }
    await gateway.finish();
    const counts = ids.slice(0, 40).map((id) => gateway.sender.records.filter(({ key }) => key === id).length);
    expect(counts).toEqual(ids.slice(0, 40).map((id) => (isRecorded(id, 0.3) ? 3 : 0)));
    await open({});
  });

  it('is none at 0, and what is left out is counted', async () => {
    await open({ recordShare: 0 });
    await sendEverywhere('Hi', 1);
    await gateway.finish();
    expect(gateway.sender.records).toEqual([]);
    expect(await gateway.metrics.registry.metrics()).toContain('ratchet_gateway_events_unrecorded_total{reason="not_sampled"} 10');
    await open({});
  });
});
