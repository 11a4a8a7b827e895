import type { IncomingHttpHeaders } from 'node:http';
import { invalidRequest, type HttpFailure } from './openai-error.js';

const ID_CHARS_MAX = 200;
const SEGMENT_CHARS_MAX = 100;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export const headerNames = {
  conversation: 'x-ratchet-conversation',
  user: 'x-ratchet-user',
  workload: 'x-ratchet-workload',
  version: 'x-ratchet-version',
  interaction: 'x-ratchet-interaction',
  segment: 'x-ratchet-segment',
  covariate: 'x-ratchet-covariate',
} as const;

export interface ChatHeaders {
  readonly conversationId: string | undefined;
  readonly userId: string | undefined;
  readonly workload: string | undefined;
  readonly wantedVersion: string | undefined;
  /** Group that an experiment's result is split by. */
  readonly segment: string | undefined;
  /** A number known of the unit before, that predicts its outcome. */
  readonly covariate: number | undefined;
}

export type ParsedHeaders = { readonly ok: true; readonly headers: ChatHeaders } | { readonly ok: false; readonly failure: HttpFailure };

const valueOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return value === undefined || value === '' ? undefined : Array.isArray(value) ? value[0] : value;
};

/** Reads Ratchet's headers: ids are any text of up to 200 characters, a segment is one of up to 100, a covariate is a decimal number. */
export const parseHeaders = (headers: IncomingHttpHeaders): ParsedHeaders => {
  const texts = {
    conversationId: valueOf(headers, headerNames.conversation),
    userId: valueOf(headers, headerNames.user),
    workload: valueOf(headers, headerNames.workload),
    wantedVersion: valueOf(headers, headerNames.version),
    segment: valueOf(headers, headerNames.segment),
  };
  for (const [field, value] of Object.entries(texts)) {
    const charsMax = field === 'segment' ? SEGMENT_CHARS_MAX : ID_CHARS_MAX;
    if (value !== undefined && value.length > charsMax) return refused(field, `The header for ${field} is longer than ${charsMax} characters.`);
  }
  const number = valueOf(headers, headerNames.covariate);
  const covariate = number === undefined ? undefined : Number(number);
  if (covariate !== undefined && (!DECIMAL.test(number ?? '') || !Number.isFinite(covariate))) {
    return refused('covariate', `The header ${headerNames.covariate} is not a number: write it in decimals, such as 0.35 or 12.`);
  }
  return { ok: true, headers: { ...texts, covariate } };
};

const refused = (param: string, message: string): ParsedHeaders => ({ ok: false, failure: invalidRequest({ message, param }) });
