import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Feedback } from '@ratchet/domain';
import { FeedbackDesk } from './feedback-desk.js';
import { RecentInteractions } from './recent-interactions.js';
import { addVersion, openGatewayUnderTest, routeOf, type GatewayUnderTest } from '../http/gateway-under-test.js';

const SHOP = 'https://shop.example';
const metrics = { solved: { type: 'boolean', better: 'up' }, minutes: { type: 'number', better: 'down', poorFrom: 30 } };

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await openGatewayUnderTest({ answers: { v1: () => ({ content: 'Hello' }) }, feedback: { metrics, origins: [SHOP] } });
});
afterEach(() => gateway.finish());

const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
  gateway.server.inject({ method: 'POST', url, payload: typeof payload === 'string' ? payload : JSON.stringify(payload), headers: { 'content-type': 'application/json', ...headers } });

/** What reached Kafka's producer. */
const given = async (): Promise<Feedback[]> => {
  await gateway.finish();
  const all = gateway.sender.dataOf<Feedback>('ratchet.feedback.given');
  gateway = await openGatewayUnderTest({});
  return all;
};

/** An interaction that passed this gateway. */
const talked = async (): Promise<{ conversationId: string; interactionId: string }> => {
  addVersion(gateway.table, 'v1');
  gateway.table.applyRouting(routeOf());
  const { statusCode, headers } = await post('/v1/chat/completions', { model: 'assistant', messages: [{ role: 'user', content: 'Hi' }] });
  expect(statusCode).toBe(200);
  return { conversationId: String(headers['x-ratchet-conversation']), interactionId: String(headers['x-ratchet-interaction']) };
};

describe('POST /v1/feedback', () => {
  it('takes plain feedback and fills in what is missing', async () => {
    const response = await post('/v1/feedback', { conversationId: 'c1', interactionId: 'i1', name: 'thumbs', value: false, reasons: ['incorrect'] }, { 'x-ratchet-user': 'u1' });
    expect(response.statusCode).toBe(202);
    const { feedbackId } = response.json() as { feedbackId: string };
    expect(await given()).toMatchObject([
      { feedbackId, conversationId: 'c1', interactionId: 'i1', name: 'thumbs', value: false, reasons: ['incorrect'], source: { type: 'user', id: 'u1' }, givenAt: expect.any(String) },
    ]);
  });

  it.each([
    ['stars by category', { name: 'rating', ratings: { accuracy: 3, helpfulness: 4, clarity: 5 } }],
    ['ticked reasons', { name: 'rating', reasons: ['more_detail', 'incorrect', 'did_not_answer', 'hard_to_understand', 'other'], comment: 'Too long' }],
    ['a comment', { name: 'comment', comment: 'Too long' }],
    ['a correction', { name: 'correction', correction: 'Canberra' }],
    ['a yes or no of the product', { name: 'solved', value: true }],
    ['a number of the product', { name: 'minutes', value: 12.5 }],
  ])('takes %s', async (_what, feedback) => {
    expect((await post('/v1/feedback', { conversationId: 'c1', ...feedback })).statusCode).toBe(202);
    expect(await given()).toMatchObject([feedback]);
  });

  it('knows the conversation of an interaction that passed it', async () => {
    const { conversationId, interactionId } = await talked();
    expect((await post('/v1/feedback', { interactionId, name: 'thumbs', value: true })).statusCode).toBe(202);
    expect((await post('/v1/feedback', { interactionId: 'another', name: 'thumbs', value: true })).json().error.message).toContain('conversationId');
    expect(await given()).toMatchObject([{ conversationId, interactionId }]);
  });

  it('answers a repeat alike, and records it once', async () => {
    const body = { feedbackId: 'f1', conversationId: 'c1', name: 'rating', value: 2 };
    const answers = await Promise.all([post('/v1/feedback', body), post('/v1/feedback', body), post('/v1/feedback', { ...body, givenAt: '2026-01-01T00:00:00Z' })]);
    expect(answers.map((answer) => [answer.statusCode, answer.json()])).toEqual(Array(3).fill([202, { feedbackId: 'f1', status: 'accepted' }]));
    expect(await given()).toHaveLength(1);
  });

  it('gives the event of an id the same id always, so that a repeat at another gateway is known as one', async () => {
    const ids = await Promise.all(['f1', 'f2', 'f1'].map(async (feedbackId) => {
      const other = await openGatewayUnderTest({});
      await other.server.inject({ method: 'POST', url: '/v1/feedback', payload: { feedbackId, conversationId: 'c1', name: 'thumbs', value: true } });
      await other.finish();
      return other.sender.records[0]?.headers['ce_id'];
    }));
    expect(ids[0]).toBe(ids[2]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('refuses another content under an id, and keeps what was said first', async () => {
    await post('/v1/feedback', { feedbackId: 'f1', conversationId: 'c1', name: 'thumbs', value: true });
    const response = await post('/v1/feedback', { feedbackId: 'f1', conversationId: 'c1', name: 'thumbs', value: false });
    expect([response.statusCode, response.json().error.code]).toEqual([409, 'feedback_conflict']);
    expect(await given()).toMatchObject([{ value: true }]);
  });

  it('gives feedback without an id the id of what it says', async () => {
    const idOf = async (change: object): Promise<string> => (await post('/v1/feedback', { conversationId: 'c1', name: 'rating', value: 2, ...change })).json().feedbackId as string;
    const first = await idOf({});
    expect(await idOf({})).toBe(first);
    expect(await idOf({ value: 3 })).not.toBe(first);
    expect(await given()).toHaveLength(2);
  });

  it.each([
    ['an undeclared name, and says which there are', { name: 'csat', value: 1 }, 'unknown_metric', 'solved, minutes'],
    ['a number for a yes or no', { name: 'solved', value: 1 }, 'invalid_value', 'takes a boolean'],
    ['six stars', { name: 'rating', value: 6 }, 'invalid_value', '1 to 5'],
    ['six stars in a category', { name: 'rating', ratings: { accuracy: 6 } }, 'invalid_request', 'ratings.accuracy'],
    ['a thumb in between', { name: 'thumbs', value: 'sideways' }, 'invalid_value', 'thumb'],
    ['a correction without the answer', { name: 'correction' }, 'invalid_value', 'right answer'],
    ['a reason of its own making', { name: 'rating', reasons: ['boring'] }, 'invalid_request', 'reasons.0'],
    ['an empty rating', { name: 'rating' }, 'invalid_value', 'A rating has'],
  ])('refuses %s', async (_what, feedback, code, words) => {
    const response = await post('/v1/feedback', { conversationId: 'c1', ...feedback });
    expect([response.statusCode, response.json().error.code]).toEqual([400, code]);
    expect(response.json().error.message).toContain(words);
    expect(await given()).toEqual([]);
  });

  it('refuses undeclared names among events, too', async () => {
    const event = { specversion: '1.0', id: 'e1', source: '/product', type: 'ratchet.feedback.given', data: { feedbackId: 'f', conversationId: 'c1', name: 'csat', value: 1, source: { type: 'user' }, givenAt: '2026-01-01T00:00:00Z' } };
    const response = await post('/v1/events', event);
    expect(response.statusCode).toBe(400);
    expect(response.json().results[0].error).toContain('unknown_metric');
  });
});

describe('feedback from pages', () => {
  const preflight = (origin: string) => gateway.server.inject({ method: 'OPTIONS', url: '/v1/feedback', headers: { origin, 'access-control-request-method': 'POST' } });

  it('is allowed to the origins that are named, and to these alone', async () => {
    const allowed = await preflight(SHOP);
    expect(allowed.headers).toMatchObject({ 'access-control-allow-origin': SHOP, 'access-control-allow-methods': 'POST', vary: 'origin' });
    expect((await preflight('https://shop.example.evil.example')).headers).not.toHaveProperty('access-control-allow-origin');
    expect((await preflight('null')).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('may be read by the page, errors as well, and other routes may not', async () => {
    const wrong = await post('/v1/feedback', '{', { origin: SHOP });
    expect([wrong.statusCode, wrong.headers['access-control-allow-origin']]).toEqual([400, SHOP]);
    const answers = await Promise.all(['/v1/events', '/v1/handoff', '/v1/chat/completions', '/feedback', '/api/public/scores'].map((url) => post(url, {}, { origin: SHOP })));
    for (const answer of answers) expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe("POST /api/public/scores, as Langfuse's clients send it", () => {
  it('takes a score about an interaction, and answers its id', async () => {
    const { conversationId, interactionId } = await talked();
    const response = await post('/api/public/scores', { id: 's1', traceId: interactionId, name: 'thumbs', value: 0, dataType: 'BOOLEAN', comment: 'wrong' }, { authorization: 'Basic cGs6c2s=' });
    expect([response.statusCode, response.json()]).toEqual([200, { id: 's1' }]);
    expect(await given()).toMatchObject([{ conversationId, interactionId, name: 'thumbs', value: false, comment: 'wrong', source: { type: 'user' } }]);
  });

  it.each([
    ['a session is a conversation', { sessionId: 'c9', name: 'minutes', value: 12 }, { conversationId: 'c9', name: 'minutes', value: 12, source: { type: 'code' } }],
    ['1 is yes for a boolean metric, without a data type as well', { sessionId: 'c9', name: 'solved', value: 1 }, { name: 'solved', value: true }],
    ['a correction is a correction', { traceId: 'i9', dataType: 'CORRECTION', name: 'output', value: 'Canberra' }, { name: 'correction', correction: 'Canberra', interactionId: 'i9', conversationId: 'i9' }],
    ['a text is a comment', { sessionId: 'c9', dataType: 'TEXT', name: 'remarks', value: 'Too long' }, { name: 'comment', comment: 'Too long' }],
    ['a category may be a thumb', { sessionId: 'c9', dataType: 'CATEGORICAL', name: 'thumbs', value: 'up', metadata: { a: 1 } }, { name: 'thumbs', value: 'up' }],
    ['a span of OpenTelemetry is the interaction that it became', { traceId: 'a'.repeat(32), observationId: 'b'.repeat(16), name: 'solved', value: false, dataType: 'BOOLEAN' }, { conversationId: 'a'.repeat(32), interactionId: `${'a'.repeat(32)}-${'b'.repeat(16)}` }],
    ['a trace of OpenTelemetry is a conversation', { traceId: 'a'.repeat(32), name: 'solved', value: true }, { conversationId: 'a'.repeat(32) }],
  ])('%s', async (_what, score, expected) => {
    const response = await post('/api/public/scores', score);
    expect([response.statusCode, response.json()]).toEqual([200, { id: expect.any(String) }]);
    expect(await given()).toMatchObject([expected]);
  });

  it('records a repeated score once, and one that changed under its id as another, which replaces it', async () => {
    for (const value of [1, 1, 0]) expect((await post('/api/public/scores', { id: 's1', sessionId: 'c1', name: 'solved', value })).statusCode).toBe(200);
    const [first, second, ...others] = await given();
    expect([first?.value, second?.value, others]).toEqual([true, false, []]);
    expect(first?.feedbackId).not.toBe(second?.feedbackId);
  });

  it.each([
    ['an undeclared name', { sessionId: 'c1', name: 'novelty', value: 0.9 }, 'name', 'solved, minutes'],
    ['no subject', { name: 'solved', value: 1 }, 'traceId', 'traceId or sessionId'],
    ['a boolean of 2', { sessionId: 'c1', name: 'solved', value: 2, dataType: 'BOOLEAN' }, 'value', '1 or 0'],
    ['no value', { sessionId: 'c1', name: 'solved' }, 'value', ''],
  ])('refuses %s in their shape', async (_what, score, field, words) => {
    const response = await post('/api/public/scores', score);
    expect(response.statusCode).toBe(400);
    const { message, error } = response.json() as { message: string; error: { path: string[]; message: string }[] };
    expect([message, error[0]?.path]).toEqual(['Invalid request data', [field]]);
    expect(error[0]?.message).toContain(words);
    expect((await post('/api/public/scores', '{')).json()).toEqual({ message: expect.any(String), error: expect.any(String) });
  });
});

describe("POST /api/public/ingestion, as Langfuse's SDKs send scores", () => {
  it('says of each event of a batch what became of it', async () => {
    const score = (id: string, body: object, type = 'score-create') => ({ id, timestamp: '2026-01-01T00:00:00Z', type, body });
    const response = await post('/api/public/ingestion', {
      batch: [score('e1', { id: 's1', sessionId: 'c1', name: 'solved', value: 1, environment: 'default' }), score('e2', { sessionId: 'c1', name: 'novelty', value: 1 }), score('e3', { id: 't1', name: 'trace' }, 'trace-create')],
      metadata: { sdk_name: 'javascript' },
    });
    expect([response.statusCode, response.json()]).toEqual([
      207,
      { successes: [{ id: 'e1', status: 201 }], errors: [expect.objectContaining({ id: 'e2', status: 400, message: 'Invalid request data' }), expect.objectContaining({ id: 'e3', status: 400, message: expect.stringContaining('score-create') })] },
    ]);
    expect(await given()).toMatchObject([{ conversationId: 'c1', name: 'solved', value: true }]);
  });

  it('refuses what is no batch, and more than it takes at a time', async () => {
    expect((await post('/api/public/ingestion', { events: [] })).statusCode).toBe(400);
    expect((await post('/api/public/ingestion', { batch: Array(6).fill({ id: 'e', type: 'score-create', body: {} }) })).statusCode).toBe(413);
  });
});

describe("POST /feedback, as TensorZero's clients send it", () => {
  it('takes feedback about an inference, and answers an id', async () => {
    const { conversationId, interactionId } = await talked();
    const response = await post('/feedback', { inference_id: interactionId, metric_name: 'solved', value: true, tags: { user_id: 'ann', page: 'help' } });
    expect([response.statusCode, Object.keys(response.json() as object)]).toEqual([200, ['feedback_id']]);
    expect(await given()).toMatchObject([{ feedbackId: response.json().feedback_id, conversationId, interactionId, name: 'solved', value: true, source: { type: 'code', id: 'ann' } }]);
  });

  it.each([
    ['an episode is a conversation', { episode_id: 'c9', metric_name: 'minutes', value: 12 }, { conversationId: 'c9', name: 'minutes', value: 12 }],
    ['a comment is a comment', { episode_id: 'c9', metric_name: 'comment', value: 'Too long' }, { name: 'comment', comment: 'Too long' }],
    ['a demonstration is a correction', { inference_id: 'i9', metric_name: 'demonstration', value: 'Canberra' }, { name: 'correction', correction: 'Canberra', interactionId: 'i9' }],
    ['a demonstration may be blocks of text', { inference_id: 'i9', metric_name: 'demonstration', value: [{ type: 'text', text: 'Canberra' }] }, { correction: 'Canberra' }],
    ['a demonstration may be JSON', { inference_id: 'i9', metric_name: 'demonstration', value: { city: 'Canberra' } }, { correction: '{"city":"Canberra"}' }],
  ])('%s', async (_what, body, expected) => {
    expect((await post('/feedback', body)).statusCode).toBe(200);
    expect(await given()).toMatchObject([expected]);
  });

  it('checks a dry run, and records nothing of it', async () => {
    expect((await post('/feedback', { episode_id: 'c9', metric_name: 'solved', value: true, dryrun: true })).json()).toEqual({ feedback_id: expect.any(String) });
    expect((await post('/feedback', { episode_id: 'c9', metric_name: 'csat', value: true, dryrun: true })).statusCode).toBe(404);
    expect(await given()).toEqual([]);
  });

  it.each([
    ['an unknown metric', { episode_id: 'c9', metric_name: 'csat', value: 1 }, 404, 'Unknown metric: "csat"'],
    ['both ids', { episode_id: 'c9', inference_id: 'i9', metric_name: 'solved', value: true }, 400, 'Both episode_id and inference_id cannot be provided'],
    ['no id', { metric_name: 'solved', value: true }, 400, 'Exactly one of inference_id or episode_id must be provided'],
    ['a value of another type', { episode_id: 'c9', metric_name: 'solved', value: 1 }, 400, 'Feedback value for metric `solved` must be a boolean'],
    ['a comment that is no string', { episode_id: 'c9', metric_name: 'comment', value: 1 }, 400, 'must be a string'],
    ['a demonstration for an episode', { episode_id: 'c9', metric_name: 'demonstration', value: 'x' }, 400, 'feedback level "inference"'],
    ['no metric', { episode_id: 'c9', value: 1 }, 400, 'metric_name'],
    ['no JSON', '{', 400, ''],
  ])('refuses %s in their shape', async (_what, body, status, words) => {
    const response = await post('/feedback', body);
    expect([response.statusCode, Object.keys(response.json() as object)]).toEqual([status, ['error']]);
    expect(response.json().error).toContain(words);
    expect(await given()).toEqual([]);
  });
});

describe('FeedbackDesk', () => {
  it('keeps no id of feedback that found no room, so that it can come again', () => {
    const answers = [false, true];
    const desk = new FeedbackDesk({ metrics: {}, interactions: new RecentInteractions(), sink: { add: () => answers.shift() ?? true } });
    const take = () => desk.take({ feedbackId: 'f1', conversationId: 'c1', name: 'thumbs', value: true }, { now: '2026-01-01T00:00:00Z', userId: undefined, workload: undefined }).outcome;
    expect([take(), take(), take()]).toEqual(['no_room', 'accepted', 'accepted']);
    expect(answers).toEqual([]);
  });
});
