import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether a request with this body (as it came, not parsed and written again) is from one who knows the secret, and no older than five minutes. */
export const isGenuine = ({ headers, body, secret, nowSeconds = Date.now() / 1_000 }) => {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(nowSeconds - Number(timestamp)) < 300)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/u, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/u, ''), 'base64');
    return signature.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
  });
};
