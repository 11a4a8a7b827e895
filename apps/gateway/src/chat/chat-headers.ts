import type { IncomingHttpHeaders } from 'node:http';
import { invalidRequest, type HttpFailure } from './openai-error.js';

const ID_CHARS_MAX = 200;

export const headerNames = {
  conversation: 'x-ratchet-conversation',
  user: 'x-ratchet-user',
  workload: 'x-ratchet-workload',
  version: 'x-ratchet-version',
  interaction: 'x-ratchet-interaction',
} as const;

export interface ChatHeaders {
  readonly conversationId: string | undefined;
  readonly userId: string | undefined;
  readonly workload: string | undefined;
  readonly wantedVersion: string | undefined;
}

export type ParsedHeaders = { readonly ok: true; readonly headers: ChatHeaders } | { readonly ok: false; readonly failure: HttpFailure };

const valueOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return value === undefined || value === '' ? undefined : Array.isArray(value) ? value[0] : value;
};

/** Reads Ratchet's headers; an id is any text of up to 200 characters. */
export const parseHeaders = (headers: IncomingHttpHeaders): ParsedHeaders => {
  const read: ChatHeaders = {
    conversationId: valueOf(headers, headerNames.conversation),
    userId: valueOf(headers, headerNames.user),
    workload: valueOf(headers, headerNames.workload),
    wantedVersion: valueOf(headers, headerNames.version),
  };
  for (const [field, value] of Object.entries(read) as [keyof ChatHeaders, string | undefined][]) {
    if (value !== undefined && value.length > ID_CHARS_MAX) {
      return { ok: false, failure: invalidRequest({ message: `The header for ${field} is longer than ${ID_CHARS_MAX} characters.`, param: field }) };
    }
  }
  return { ok: true, headers: read };
};
