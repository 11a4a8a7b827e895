import type { Running } from '../stack/running.js';

/** One service, as its health page tells. */
export interface ServiceHealth {
  readonly service: string;
  readonly url: string;
  readonly ready: boolean;
  /** Why it is not. */
  readonly detail?: string;
}

const ANSWER_WITHIN_MS = 3_000;
const DETAIL_CHARS_MAX = 200;

const healthOf = async (service: string, url: string): Promise<ServiceHealth> => {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (response.ok) return { service, url, ready: true };
    return { service, url, ready: false, detail: `${response.status} ${(await response.text()).slice(0, DETAIL_CHARS_MAX)}` };
  } catch (error) {
    return { service, url, ready: false, detail: error instanceof Error && error.name === 'TimeoutError' ? `no answer within ${ANSWER_WITHIN_MS / 1_000} s` : 'does not answer' };
  }
};

/** Asks every service at once. */
export const readHealth = (running: Running): Promise<ServiceHealth[]> => Promise.all(Object.entries(running.services).map(([service, { url }]) => healthOf(service, url)));
