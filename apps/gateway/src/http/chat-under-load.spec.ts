import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { interactionCompleted, type Interaction } from '@ratchet/domain';
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

const open = async (options: Parameters<typeof openGatewayUnderTest>[0]): Promise<void> => {
  gateway = await openGatewayUnderTest(options);
  finished = false;
  addVersion(gateway.table, 'v1');
  addVersion(gateway.table, 'v2');
  gateway.table.applyRouting(routeOf());
};

const ask = (payload: object) => gateway.server.inject({ method: 'POST', url: '/v1/chat/completions', payload });

afterEach(async () => {
  if (!finished) await gateway.finish();
});

describe('chat while providers are slow or overrun', () => {
  it('does not let a candidate that hangs take all the time: the champion is asked after its share of it', async () => {
    await open({ answers: { v1: () => 'from v1', v2: () => new Promise(() => undefined) }, fallbackAfterMs: 20 });
    gateway.table.applyRouting(routeOf({ ...rollout, share: 1 }));
    for (const stream of [false, true]) expect((await ask(body({ stream }))).headers['x-ratchet-version']).toBe('v1');
    const fellBack = { version: 'v1', output: { content: 'from v1' }, assignment: { version: 'v2', fellBack: true } };
    expect(await finish()).toMatchObject([fellBack, fellBack]);
    expect(await gateway.metrics.registry.metrics()).toContain('ratchet_gateway_fallbacks_total{model="assistant",reason="timeout"} 2');
  });

  it("has no such limit where nobody stands by, and takes the candidate's answer where it comes in time", async () => {
    const slow = async (): Promise<string> => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return 'slow';
    };
    await open({ answers: { v1: slow, v2: () => 'from v2' }, fallbackAfterMs: 10 });
    expect((await ask(body())).json().choices[0].message.content).toBe('slow');
    gateway.table.applyRouting(routeOf({ ...rollout, share: 1 }));
    expect((await ask(body())).headers['x-ratchet-version']).toBe('v2');
  });

  it.each([false, true])('says 503 at once where the line before the provider is full, and blames no version (stream: %s)', async (stream) => {
    await open({ answers: { v1: () => 'from v1', v2: () => ({ failure: 'overloaded' }) } });
    gateway.table.applyRouting(routeOf({ ...rollout, share: 1 }));
    const response = await ask(body({ stream }));
    expect([response.statusCode, response.headers['retry-after'], response.json().error.code]).toEqual([503, '1', 'provider_overloaded']);
    expect(await finish()).toEqual([]);
    expect(await gateway.metrics.registry.metrics()).toContain('ratchet_gateway_queue_full_total{provider="v2"} 1');
  });

  it('counts a candidate that failed also where there is no room for the champion', async () => {
    await open({ answers: { v1: () => ({ failure: 'overloaded' }), v2: () => ({ failure: 'bad_response' }) } });
    gateway.table.applyRouting(routeOf({ ...rollout, share: 1 }));
    expect((await ask(body())).statusCode).toBe(503);
    expect(await finish()).toMatchObject([{ output: null, error: { type: 'provider_overloaded' }, assignment: { version: 'v2', fellBack: true } }]);
  });
});

describe('the client of a stream who takes nothing', () => {
  const listen = async (answer: string, clientStallMs: number): Promise<Socket> => {
    await open({ answers: { v1: () => answer }, limits: { clientStallMs } });
    const { port } = new URL(await gateway.server.listen({ port: 0, host: '127.0.0.1' }));
    const payload = JSON.stringify(body({ stream: true }));
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${payload.length}\r\n\r\n${payload}`);
    await once(socket, 'readable');
    return socket;
  };

  it('is cut off after a while; what he had been sent is recorded, and not all of a long answer is produced for him', async () => {
    const answer = 'one two three '.repeat(60_000);
    const socket = await listen(answer, 50);
    while (gateway.sender.records.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    const [interaction] = await finish();
    expect(interaction?.output?.finishReason).toBe('cancelled');
    expect(interaction?.output?.content.length).toBeLessThan(answer.length / 2);
    expect(interaction).not.toHaveProperty('error');
    expect(await gateway.metrics.registry.metrics()).toContain('ratchet_gateway_stalled_clients_total 1');
  });

  it('gets all of it where he takes it, however slowly', async () => {
    const socket = await listen('one two three '.repeat(3_000), 2_000);
    let tail = '';
    for await (const chunk of socket.setEncoding('utf8')) {
      tail = (tail + chunk).slice(-100);
      if (tail.includes('[DONE]')) break;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(tail).toContain('[DONE]');
    expect(await gateway.metrics.registry.metrics()).toContain('ratchet_gateway_stalled_clients_total 0');
  });
});
