import { createHmac } from 'node:crypto';

interface Signed {
  readonly id: string;
  /** Of this attempt. */
  readonly timestampSeconds: number;
  readonly body: string;
  /** `whsec_` and base64. */
  readonly secrets: readonly string[];
}

const signatureOf = ({ id, timestampSeconds, body }: Signed, secret: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`;

/** The headers of Standard Webhooks 1.0.0: one signature a secret, separated by spaces, and none where there is no secret. */
export const webhookHeaders = (signed: Signed): Record<string, string> => ({
  'webhook-id': signed.id,
  'webhook-timestamp': String(signed.timestampSeconds),
  ...(signed.secrets.length > 0 && { 'webhook-signature': signed.secrets.map((secret) => signatureOf(signed, secret)).join(' ') }),
});
