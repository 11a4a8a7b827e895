import { connect } from 'node:net';
import type { HttpInput } from './hostile-inputs.js';

/** What became of one request. */
export interface HttpOutcome {
  readonly path: string;
  /** Undefined where the connection ended without an answer. */
  readonly status: number | undefined;
  /** Events that the door took, by its own words. */
  readonly accepted: number;
  readonly problem: string | undefined;
}

const ANSWERED_WITHIN_MS = 60_000;

const acceptedIn = (path: string, response: Response, body: string): number => {
  if (path === '/v1/events' && response.headers.get('content-type')?.includes('json') && body.includes('"results"')) {
    return (JSON.parse(body) as { results: { status: string }[] }).results.filter(({ status }) => status === 'accepted').length;
  }
  // A chat becomes an interaction, however it ends, once it is known who was to answer.
  if (path === '/v1/chat/completions') return response.headers.has('x-ratchet-interaction') ? 1 : 0;
  return (path === '/v1/feedback' || path === '/v1/handoff') && response.status === 202 ? 1 : 0;
};

/** Sends one request and reads its whole answer. */
export const knock = async (gateway: string, { path, headers, body }: HttpInput): Promise<HttpOutcome> => {
  try {
    const response = await fetch(`${gateway}${path}`, { method: 'POST', headers, body: new Uint8Array(body), signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
    const answer = await response.text();
    const answered = response.status < 500;
    return { path, status: response.status, accepted: acceptedIn(path, response, answer), problem: answered ? undefined : `${path} answered ${response.status}: ${answer.slice(0, 300)} to ${body.subarray(0, 600).toString()}` };
  } catch (error) {
    return { path, status: undefined, accepted: 0, problem: `${path} did not answer: ${String((error as Error).cause ?? error)}` };
  }
};

/** Bytes that are no HTTP; true where they were answered with 4xx, or hung up on. */
export const knockRaw = (gateway: string, bytes: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(gateway);
    let answer = '';
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.end(bytes));
    socket.setTimeout(ANSWERED_WITHIN_MS, () => socket.destroy());
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer === '' || /^HTTP\/1\.1 4\d\d/u.test(answer)));
  });
