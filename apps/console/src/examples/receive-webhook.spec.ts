// docs/examples/consumers/receive-webhook.mjs is sent what the console sends.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { webhookHeaders } from '../webhooks/signature.js';
import { postMessage } from '../webhooks/webhook-client.js';
import type { Webhook } from '../webhooks/webhook-config.js';
import { loadExample } from './spec-support/load-example.js';
import { promotedEvent } from './spec-support/promotion-events.js';

type Verifier = { isGenuine: (request: { headers: object; body: Buffer; secret: string; nowSeconds?: number }) => boolean };
type Receiver = { receiver: (settings: { secret: string; handle: (event: object) => unknown; log?: (line: string) => void }) => Server };
const { isGenuine } = await loadExample<Verifier>('verify-webhook.mjs');
const { receiver } = await loadExample<Receiver>('receive-webhook.mjs');

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const another = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const message = { id: 'e1', body: JSON.stringify(promotedEvent(1, { reason: 'grüße ✓' })) };

describe('isGenuine', () => {
  const nowSeconds = 1_767_312_000;
  const check = ({ secrets = [secret], body = message.body, id = message.id, sentSeconds = nowSeconds } = {}): boolean =>
    isGenuine({ headers: { ...webhookHeaders({ ...message, secrets, timestampSeconds: sentSeconds }), 'webhook-id': id }, body: Buffer.from(body), secret, nowSeconds });

  it('takes what is signed with the secret, also among others', () => {
    expect([check(), check({ secrets: [another, secret] }), check({ sentSeconds: nowSeconds - 299 })]).toEqual([true, true, true]);
  });

  it('refuses another secret, no signature, another body or id, and what is old', () => {
    expect([check({ secrets: [another] }), check({ secrets: [] }), check({ body: `${message.body} ` }), check({ id: 'e2' }), check({ sentSeconds: nowSeconds - 300 }), check({ sentSeconds: Number.NaN })]).toEqual([false, false, false, false, false, false]);
  });
});

describe('receiver', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const start = async (handle: (event: object) => unknown): Promise<(signedWith?: string) => Promise<unknown>> => {
    server = receiver({ secret, handle, log: () => undefined });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const webhook: Webhook = { name: 'w', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, events: [], timeoutMs: 15_000, allowHttp: false };
    return (signedWith = secret) => postMessage({ ...webhook, secret: [signedWith] }, message, Date.now());
  };

  it('handles an event once, however often it comes', async () => {
    const handled: object[] = [];
    const send = await start((event) => handled.push(event));
    expect([await send(), await send()]).toEqual([{ status: 204 }, { status: 204 }]);
    expect(handled).toEqual([JSON.parse(message.body)]);
  });

  it('asks for it again where it could not be handled, and takes nothing from strangers', async () => {
    let tries = 0;
    const send = await start(() => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
    });
    expect([await send(another), await send(), await send()]).toEqual([{ status: 401 }, { status: 500 }, { status: 204 }]);
    expect(tries).toBe(2);
  });
});
