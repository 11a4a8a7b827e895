import { afterEach, describe, expect, it } from '@jest/globals';
import { interactionCompleted, type Interaction } from '@ratchet/domain';
import { ProviderError } from '@ratchet/providers';
import { assign } from '@ratchet/sdk';
import { addVersion, openGatewayUnderTest, routeOf, type GatewayUnderTest } from './gateway-under-test.js';

const rollout = { revision: 2, candidate: 'v2', rolloutId: 'r1', salt: 'r1', share: 0.5, stage: 3 };
const body = (change: object = {}) => ({ model: 'assistant', messages: [{ role: 'user', content: 'Where is my order?' }], ...change });

let gateway: GatewayUnderTest;
let finished = false;

const finish = async (): Promise<Interaction[]> => {
  finished = true;
  await gateway.finish();
  return gateway.sender.dataOf<Interaction>(interactionCompleted.type);
};

const open = async (options: Parameters<typeof openGatewayUnderTest>[0] = {}): Promise<void> => {
  gateway = await openGatewayUnderTest({ answers: { v1: () => 'from v1', v2: () => 'from v2' }, ...options });
  finished = false;
  addVersion(gateway.table, 'v1', { price: { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 2 } });
  addVersion(gateway.table, 'v2');
  gateway.table.applyRouting(routeOf());
};

const ask = (payload: object, headers: Record<string, string> = {}) => gateway.server.inject({ method: 'POST', url: '/v1/chat/completions', payload, headers });

/** Conversations of each arm at the share of the rollout above. */
const conversationOf = (arm: string, share = rollout.share): string => {
  for (let at = 0; ; at += 1) if (assign({ salt: 'r1', key: `c${at}`, share, candidate: 'v2', champion: 'v1' }).arm === arm) return `c${at}`;
};

afterEach(async () => {
  if (!finished) await gateway.finish();
});

describe('POST /v1/chat/completions', () => {
  it('answers in the shape of OpenAI and tells the loop what happened', async () => {
    await open({ answers: { v1: () => ({ content: 'On its way.', usage: { inputTokens: 100, outputTokens: 50 }, confidence: 0.9 }) } });
    const response = await ask(body({ unheardOf: true, metadata: { a: 1 } }), { 'x-ratchet-conversation': 'c1', 'x-ratchet-user': 'u1' });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'assistant',
      choices: [{ index: 0, message: { role: 'assistant', content: 'On its way.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
      ratchet: { confidence: 0.9, version: 'v1' },
    });
    expect(response.headers).toMatchObject({ 'x-ratchet-version': 'v1', 'x-ratchet-conversation': 'c1' });
    const [interaction, ...others] = await finish();
    expect(others).toEqual([]);
    expect(interaction).toMatchObject({
      interactionId: response.headers['x-ratchet-interaction'],
      conversationId: 'c1',
      userId: 'u1',
      workload: 'support',
      model: 'assistant',
      version: 'v1',
      input: [{ role: 'user', content: 'Where is my order?' }],
      output: { content: 'On its way.', finishReason: 'stop' },
      usage: { inputTokens: 100, outputTokens: 50 },
      costUsd: 0.0002,
    });
    expect(interaction).not.toHaveProperty('assignment');
    expect(() => interactionCompleted.schema.parse(interaction)).not.toThrow();
    expect(gateway.sender.records[0]).toMatchObject({ topic: 'ratchet.interactions.v1', key: 'c1' });
  });

  it('records each round of a version that criticises itself, and gives the client the answer alone', async () => {
    const usage = { inputTokens: 100, outputTokens: 50 };
    const answers = ['draft', '{"score":0.4,"issues":["no date"]}', 'It comes on Friday.', '{"score":0.95,"issues":[]}'];
    await open({ answers: { v3: () => ({ content: answers.shift() ?? '', usage }) } });
    addVersion(gateway.table, 'v3', { price: { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 2 }, selfCritique: {} });
    gateway.table.applyRouting(routeOf({ revision: 2, champion: 'v3' }));
    const response = await ask(body());
    expect(response.json()).toMatchObject({ choices: [{ message: { content: 'It comes on Friday.' } }], usage: { prompt_tokens: 400, completion_tokens: 200 } });
    expect(response.body).not.toMatch(/draft|no date|self_critique/u);
    const [interaction] = await finish();
    expect(interaction).toMatchObject({
      output: { content: 'It comes on Friday.', finishReason: 'stop' },
      usage: { inputTokens: 400, outputTokens: 200 },
      costUsd: expect.closeTo(0.0008, 12),
      attributes: {
        'ratchet.self_critique.rounds': 2,
        'ratchet.self_critique.stopped_by': 'score',
        'ratchet.self_critique.round_1.score': 0.4,
        'ratchet.self_critique.round_1.issues': 1,
        'ratchet.self_critique.round_1.cost_usd': expect.closeTo(0.0004, 12),
        'ratchet.self_critique.round_1.latency_ms': expect.any(Number),
        'ratchet.self_critique.round_2.score': 0.95,
      },
    });
    expect(() => interactionCompleted.schema.parse(interaction)).not.toThrow();
  });

  it('gives a conversation the version that the published hash gives it, in every arm', async () => {
    await open();
    gateway.table.applyRouting(routeOf({ ...rollout, share: 0.3 }));
    const asked = ['candidate', 'control', 'rest'].map((arm) => ({ arm, conversationId: conversationOf(arm, 0.3) }));
    for (const { arm, conversationId } of asked) {
      for (const question of ['first', 'second']) {
        const response = await ask(body({ messages: [{ role: 'user', content: question }] }), { 'x-ratchet-conversation': conversationId });
        expect(response.headers['x-ratchet-version']).toBe(arm === 'candidate' ? 'v2' : 'v1');
      }
    }
    const interactions = await finish();
    expect(interactions.map(({ assignment }) => assignment?.arm)).toEqual(asked.flatMap(({ arm }) => [arm, arm]));
    expect(interactions[0]?.assignment).toEqual({ rolloutId: 'r1', stage: 3, arm: 'candidate', version: 'v2', unit: 'conversation' });
  });

  it('sticks to the user where the target says so, and to the conversation of who is unknown', async () => {
    await open();
    gateway.table.applyRouting(routeOf({ ...rollout, stickTo: 'user' }));
    const [candidate, control] = [conversationOf('candidate'), conversationOf('control')];
    const byHeader = await ask(body(), { 'x-ratchet-user': candidate, 'x-ratchet-conversation': control });
    const byBody = await ask(body({ user: candidate }), { 'x-ratchet-conversation': control });
    const unknown = await ask(body(), { 'x-ratchet-conversation': control });
    expect([byHeader, byBody, unknown].map(({ headers }) => headers['x-ratchet-version'])).toEqual(['v2', 'v2', 'v1']);
  });

  it('goes on with a draining candidate only where the messages show that the conversation had begun', async () => {
    await open();
    const draining = { rolloutId: 'r0', candidate: 'v2', salt: 'r0', share: 1, stage: 2, stickTo: 'conversation' as const, until: '2999-01-01T00:00:00.000Z' };
    gateway.table.applyRouting(routeOf({ revision: 2, draining }));
    const begun = await ask(body({ messages: [{ role: 'user', content: 'Hello' }, { role: 'assistant', content: 'Hi' }, { role: 'user', content: 'More' }] }));
    const fresh = await ask(body());
    expect([begun, fresh].map(({ headers }) => headers['x-ratchet-version'])).toEqual(['v2', 'v1']);
    const interactions = await finish();
    expect(interactions.map(({ assignment }) => assignment?.rolloutId)).toEqual(['r0', undefined]);
  });

  it('takes segment and covariate from the headers into the assignment', async () => {
    await open();
    gateway.table.applyRouting(routeOf(rollout));
    await ask(body(), { 'x-ratchet-segment': 'new customers', 'x-ratchet-covariate': '-1.5e1' });
    const [interaction] = await finish();
    expect(interaction?.assignment).toMatchObject({ segment: 'new customers', covariate: -15 });
  });

  it.each([
    [{ 'x-ratchet-covariate': 'many' }, 'covariate', 'is not a number'],
    [{ 'x-ratchet-covariate': '0x10' }, 'covariate', 'is not a number'],
    [{ 'x-ratchet-covariate': '1e999' }, 'covariate', 'is not a number'],
    [{ 'x-ratchet-segment': 's'.repeat(101) }, 'segment', 'longer than 100 characters'],
    [{ 'x-ratchet-conversation': 'c'.repeat(201) }, 'conversationId', 'longer than 200 characters'],
  ])('refuses the headers %j', async (headers, param, message) => {
    await open();
    const response = await ask(body(), headers);
    expect([response.statusCode, response.json().error.param]).toEqual([400, param]);
    expect(response.json().error.message).toContain(message);
    expect(await finish()).toEqual([]);
  });

  it('falls back to the champion when the candidate fails, and counts it for the candidate', async () => {
    await open({ answers: { v1: () => 'from v1', v2: () => ({ failure: 'timeout' }) } });
    gateway.table.applyRouting(routeOf(rollout));
    const response = await ask(body(), { 'x-ratchet-conversation': conversationOf('candidate') });
    expect(response.json().choices[0].message.content).toBe('from v1');
    expect(response.headers['x-ratchet-version']).toBe('v1');
    const [interaction] = await finish();
    expect(interaction).toMatchObject({ version: 'v1', assignment: { version: 'v2', arm: 'candidate', fellBack: true } });
    expect(await gateway.metrics.registry.metrics()).toContain('ratchet_gateway_fallbacks_total{model="assistant",reason="timeout"} 1');
  });

  it('falls back while the contents of a candidate have not arrived', async () => {
    await open();
    gateway.table.applyRouting(routeOf({ ...rollout, candidate: 'v3', share: 1 }));
    const response = await ask(body());
    expect(response.headers['x-ratchet-version']).toBe('v1');
    expect((await finish())[0]?.assignment).toMatchObject({ version: 'v3', fellBack: true });
  });

  it.each([
    ['timeout', 504],
    ['connection', 502],
    ['bad_response', 502],
    ['rate_limited', 429],
  ] as const)('says %s with status %i when nobody can answer, and records the error', async (failure, status) => {
    await open({ answers: { v1: () => ({ failure }) } });
    const response = await ask(body());
    expect(response.statusCode).toBe(status);
    expect(response.headers['x-ratchet-version']).toBe('v1');
    expect(response.json().error).toMatchObject({ code: `provider_${failure}`, message: expect.stringContaining('v1') });
    const [interaction] = await finish();
    expect(interaction).toMatchObject({ version: 'v1', output: null, error: { type: `provider_${failure}` } });
    expect(() => interactionCompleted.schema.parse(interaction)).not.toThrow();
  });

  it.each([
    [400, 400, 'invalid_request_error'],
    [401, 502, 'api_error'],
  ])('says to whom a refusal of the provider belongs: after HTTP %i it answers %i', async (refused, status, type) => {
    await open({
      answers: {
        v1: () => {
          throw new ProviderError({ code: 'refused', provider: 'v1', message: 'no', status: refused });
        },
      },
    });
    const response = await ask(body());
    expect([response.statusCode, response.json().error.type, response.json().error.code]).toEqual([status, type, 'provider_refused']);
    expect(await finish()).toMatchObject([{ error: { type: 'provider_refused' } }]);
  });

  it("serves a tester's version and counts it as overridden", async () => {
    await open();
    gateway.table.applyRouting(routeOf({ ...rollout, share: 0.01 }));
    const response = await ask(body(), { 'x-ratchet-version': 'v2' });
    expect(response.headers['x-ratchet-version']).toBe('v2');
    const [interaction] = await finish();
    expect(interaction).toMatchObject({ version: 'v2', assignment: { version: 'v2', overridden: true }, attributes: { 'ratchet.overridden': true } });
  });

  it('names what exists when the model, the workload or the version is unknown', async () => {
    await open();
    const model = await ask(body({ model: 'helper' }));
    expect(model.statusCode).toBe(404);
    expect(model.json().error).toMatchObject({ type: 'invalid_request_error', code: 'model_not_found', param: 'model', message: expect.stringContaining('"assistant"') });
    const workload = await ask(body(), { 'x-ratchet-workload': 'sales' });
    expect(workload.json().error).toMatchObject({ code: 'workload_not_found', message: expect.stringContaining('"support"') });
    const version = await ask(body(), { 'x-ratchet-version': 'v9' });
    expect(version.json().error).toMatchObject({ code: 'version_not_found', message: expect.stringContaining('"v1"') });
    expect(await finish()).toEqual([]);
  });

  it('takes the workload from the header, else from the configuration', async () => {
    await open({ workloads: { assistant: 'support' } });
    gateway.table.applyRouting(routeOf({ workload: 'billing', champion: 'v2' }));
    const configured = await ask(body());
    const named = await ask(body(), { 'x-ratchet-workload': 'billing' });
    expect([configured, named].map(({ headers }) => headers['x-ratchet-version'])).toEqual(['v1', 'v2']);
    expect((await finish()).map(({ workload }) => workload)).toEqual(['support', 'billing']);
  });

  it('says 503 while no routing is known, because nobody can tell which models exist', async () => {
    gateway = await openGatewayUnderTest({});
    finished = false;
    const response = await ask(body());
    expect([response.statusCode, response.json().error.code]).toEqual([503, 'no_routing']);
  });

  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages.0.content'],
    [{ messages: [{ role: 'human', content: 'Hello' }] }, 'messages.0.role'],
    [{ messages: undefined }, 'messages'],
    [{ n: 2 }, 'n'],
    [{ tools: [{}] }, 'tools'],
    [{ model: '' }, 'model'],
  ])('refuses %j and names the field', async (change, param) => {
    await open();
    const response = await ask(body(change));
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toMatchObject({ type: 'invalid_request_error', param });
  });

  it('reads text parts, and refuses what is no JSON or too large in the shape of OpenAI', async () => {
    await open();
    const parts = await ask(body({ messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }] }] }));
    expect(parts.statusCode).toBe(200);
    const broken = await gateway.server.inject({ method: 'POST', url: '/v1/chat/completions', payload: '{', headers: { 'content-type': 'application/json' } });
    expect([broken.statusCode, broken.json().error.code]).toEqual([400, 'invalid_body']);
    const large = await ask(body({ messages: [{ role: 'user', content: 'x'.repeat(20_000) }] }));
    expect([large.statusCode, large.json().error.type]).toEqual([413, 'invalid_request_error']);
    expect((await finish()).map(({ input }) => input[0]?.content)).toEqual(['a\nb']);
  });

  it('answers 429 beyond the allowed number of requests in flight, and takes requests again afterwards', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    await open({ answers: { v1: () => (arrive(), held.then(() => 'late')) }, limits: { concurrentRequestsMax: 1 } });
    const first = ask(body()).then((response) => response);
    await arrived;
    const second = await ask(body());
    expect([second.statusCode, second.json().error.type, second.headers['retry-after']]).toEqual([429, 'rate_limit_error', '1']);
    release();
    expect((await first).statusCode).toBe(200);
    expect((await ask(body())).statusCode).toBe(200);
  });
});

describe('POST /v1/chat/completions with stream', () => {
  const events = (payload: string): string[] => payload.split('\n\n').filter(Boolean).map((line) => line.replace(/^data: /u, ''));

  it('sends pieces, usage where asked for, and the end', async () => {
    await open({ answers: { v1: () => ({ content: 'On its way.', usage: { inputTokens: 3, outputTokens: 2 } }) } });
    const response = await ask(body({ stream: true, stream_options: { include_usage: true } }), { 'x-ratchet-conversation': 'c1' });
    expect(response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'x-ratchet-version': 'v1', 'x-ratchet-conversation': 'c1' });
    const received = events(response.payload);
    expect(received.at(-1)).toBe('[DONE]');
    const chunks = received.slice(0, -1).map((text) => JSON.parse(text));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('On its way.');
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual(['stop']);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 5 } });
    expect(await finish()).toMatchObject([{ output: { content: 'On its way.', finishReason: 'stop' }, usage: { inputTokens: 3, outputTokens: 2 } }]);
  });

  it('falls back before the first piece, and says an error with its status when nobody can answer', async () => {
    await open({ answers: { v1: () => 'from v1', v2: () => ({ failure: 'connection' }) } });
    gateway.table.applyRouting(routeOf({ ...rollout, share: 1 }));
    const fellBack = await ask(body({ stream: true }));
    expect(fellBack.headers['x-ratchet-version']).toBe('v1');
    gateway.table.applyRouting(routeOf({ revision: 3, champion: 'v2' }));
    const failed = await ask(body({ stream: true }));
    expect([failed.statusCode, failed.json().error.code]).toEqual([502, 'provider_connection']);
    const interactions = await finish();
    expect(interactions[0]).toMatchObject({ version: 'v1', output: { content: 'from v1' }, assignment: { version: 'v2', fellBack: true } });
    expect(interactions[1]).toMatchObject({ version: 'v2', output: null, error: { type: 'provider_connection' } });
  });

  it('records what was sent when the client leaves, as nobody\'s error', async () => {
    await open({ answers: { v1: () => 'one two three '.repeat(30_000) } });
    const address = await gateway.server.listen({ port: 0, host: '127.0.0.1' });
    const response = await fetch(`${address}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body({ stream: true })) });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    while (gateway.sender.records.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    const [interaction] = await finish();
    expect(interaction?.output?.finishReason).toBe('cancelled');
    expect(interaction?.output?.content).toMatch(/^one two/u);
    expect(interaction).not.toHaveProperty('error');
  });
});
