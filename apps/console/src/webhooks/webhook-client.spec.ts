// Against a receiver on this machine.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { postMessage } from './webhook-client.js';
import type { Webhook } from './webhook-config.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const serve = async (listener: RequestListener): Promise<Webhook> => {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { name: 'test', url: `http://127.0.0.1:${(started.address() as AddressInfo).port}/hook`, events: [], timeoutMs: 15_000, allowHttp: false, secret: ['whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='] };
};
const message = { id: 'e1', body: '{"ü":1}' };
const send = (webhook: Webhook) => postMessage(webhook, message, 1_767_312_000_999);

describe('postMessage', () => {
  it('sends the body as it was signed', async () => {
    const seen: unknown[] = [];
    const webhook = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const { 'webhook-id': id, 'webhook-timestamp': at, 'content-type': type, 'webhook-signature': signature } = request.headers;
        seen.push(request.method, request.url, id, at, type, typeof signature, Buffer.concat(chunks).toString());
        response.writeHead(204).end();
      });
    });
    expect(await send(webhook)).toEqual({ status: 204 });
    expect(seen).toEqual(['POST', '/hook', 'e1', '1767312000', 'application/cloudevents+json; charset=utf-8', 'string', message.body]);
  });

  it('keeps the beginning of what a failure says, without control characters', async () => {
    const webhook = await serve((_, response) => void response.writeHead(503, { 'retry-after': '120' }).end(`down\u001b[31m\u0000 for\n repair${'x'.repeat(100_000)}`));
    const answer = await send(webhook);
    expect(answer).toMatchObject({ status: 503, retryAfterMs: 120_000 });
    expect(answer.response).toMatch(/^down \[31m for repairx+$/);
    expect(answer.response).toHaveLength(200);
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const webhook = await serve((_, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await send(webhook)).toEqual({ status: 307 });
    expect(requests).toBe(1);
  });

  it('waits for an answer no longer than it may', async () => {
    expect(await send({ ...(await serve(() => undefined)), timeoutMs: 200 })).toEqual({ error: 'timeout' });
  });

  it('counts the status of an answer that never ends', async () => {
    expect(await send({ ...(await serve((_, response) => void response.writeHead(500).write('so far'))), timeoutMs: 2_000 })).toMatchObject({ status: 500 });
  });

  it('names by its code alone what kept it from an answer: addresses may be secret', async () => {
    const webhook = await serve(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    expect(await send(webhook)).toEqual({ error: 'ECONNREFUSED' });
  });
});
