// WEBHOOK_SECRET=whsec_... node receive-webhook.mjs [--port 3000]     prints each event that comes by webhook as one line of JSON
// commitPromotion and setAlias of the examples beside it take such an event as well.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { rememberEvents } from './follow-promotions.mjs';
import { isGenuine } from './verify-webhook.mjs';

const BODY_BYTES_MAX = 1_000_000;

const bodyOf = async (request) => {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > BODY_BYTES_MAX) return undefined;
  }
  return Buffer.concat(chunks);
};

/** A server that calls `handle(event)` once for each genuine event, and answers when that is done: 204, or 500 so that the event is sent again. */
export const receiver = ({ secret, handle, log = console.error }) => {
  const handled = rememberEvents();
  const answer = async (request) => {
    if (request.method !== 'POST') return 405;
    const body = await bodyOf(request);
    if (body === undefined) return 413;
    if (!isGenuine({ headers: request.headers, body, secret })) return 401;
    const event = JSON.parse(body.toString());
    if (handled.has(event)) return 204;
    await handle(event);
    handled.add(event);
    return 204;
  };
  return createServer(async (request, response) => {
    const status = await answer(request).catch((error) => {
      log(error.message);
      return 500;
    });
    response.writeHead(status).end();
  });
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '3000' } } });
  const { WEBHOOK_SECRET: secret } = process.env;
  if (!secret) throw new Error('set WEBHOOK_SECRET to the secret of the webhook');
  const server = receiver({ secret, handle: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`) });
  server.listen(Number(values.port), '127.0.0.1');
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
}
