import type { Problem as ProblemDetails } from '@ratchet/console-api';
import { csrfTokenIn } from './csrf';

/** A refusal or a fault, as the console tells of it. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: NonNullable<ProblemDetails['errors']>;

  constructor({ status, detail, errors }: Pick<ProblemDetails, 'status' | 'detail' | 'errors'>) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.errors = errors ?? [];
  }
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined | null>>;

const queryOf = (parameters: Parameters): string => {
  const given = Object.entries(parameters).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined && entry[1] !== null && entry[1] !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
};

const problemIn = async (response: Response): Promise<Problem> => {
  const said = (await response.json().catch(() => ({}))) as Partial<ProblemDetails>;
  return new Problem({ status: response.status, detail: said.detail ?? `The console answered ${response.status}.`, ...(said.errors && { errors: said.errors }) });
};

const ask = async <Answer>(path: string, init: RequestInit): Promise<Answer> => {
  const response = await fetch(path, { credentials: 'same-origin', ...init }).catch(() => {
    throw new Problem({ status: 0, detail: 'The console does not answer.' });
  });
  if (!response.ok) throw await problemIn(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
};

/** Reads from the API; a refusal is thrown as a `Problem`. */
export const read = <Answer>(path: string, parameters: Parameters = {}): Promise<Answer> => ask<Answer>(`${path}${queryOf(parameters)}`, { headers: { accept: 'application/json' } });

const csrfHeader = (): Record<string, string> => {
  const token = csrfTokenIn(document.cookie);
  return token === undefined ? {} : { 'x-csrf-token': token };
};

// An order that was given is not lost with the page; browsers keep only small ones, so that the rest are sent as ever.
const KEPT_CHARS_MAX = 15_000;

/** Changes something; a refusal is thrown as a `Problem`. */
export const send = <Answer>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer> => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return ask<Answer>(path, {
    method,
    headers: { accept: 'application/json', ...csrfHeader(), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(text !== undefined && { body: text, keepalive: text.length < KEPT_CHARS_MAX }),
  });
};
