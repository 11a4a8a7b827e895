import type { Answer } from './next-attempt.js';
import { webhookHeaders } from './signature.js';
import type { Webhook } from './webhook-config.js';

export interface Message {
  readonly id: string;
  readonly body: string;
}

/** Of a body that explains a failure. */
const RESPONSE_CHARS_MAX = 200;
const RESPONSE_BYTES_MAX = 2_000;

/** Seconds, or a date. */
const retryAfterMsOf = (value: string | null, nowMs: number): number | undefined => {
  if (value === null) return undefined;
  const seconds = /^\d{1,9}$/u.test(value.trim()) ? Number(value) : (Date.parse(value) - nowMs) / 1_000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
};

/** The beginning of what a receiver wrote, without what could spoil a terminal or a page; the rest is never read. */
const beginningOf = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length >= RESPONSE_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString('utf8').replace(/[\p{C}\s]+/gu, ' ').trim().slice(0, RESPONSE_CHARS_MAX).toWellFormed();
};

/** What kept a request from having an answer, by its code alone: messages may hold the address, and addresses may be secret. */
const codeOf = (error: unknown): string => {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown; errors?: readonly { code?: unknown }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/u.test(code) ? code : 'no_answer';
};

export interface JsonRequest {
  readonly url: string;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes one request, follows no redirect, and never throws. */
export const postJson = async ({ url, timeoutMs, headers, body }: JsonRequest, nowMs: number): Promise<Answer & { readonly response?: string }> => {
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'user-agent': 'Ratchet-Webhooks/1', ...headers }, body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const retryAfterMs = retryAfterMsOf(response.headers.get('retry-after'), nowMs);
    if (response.ok) {
      await response.body?.cancel();
      return { status: response.status };
    }
    // The status counts, also where the rest never comes.
    const beginning = await beginningOf(response).catch(() => '');
    return { status: response.status, ...(retryAfterMs !== undefined && { retryAfterMs }), ...(beginning !== '' && { response: beginning }) };
  } catch (error) {
    return { error: codeOf(error) };
  }
};

/** An event as a signed webhook takes it. */
export const postMessage = ({ url, secret = [], timeoutMs }: Webhook, { id, body }: Message, nowMs: number): Promise<Answer & { readonly response?: string }> => {
  const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8', ...webhookHeaders({ id, timestampSeconds: Math.floor(nowMs / 1_000), body, secrets: secret }) };
  return postJson({ url, timeoutMs, headers, body }, nowMs);
};
