import { hash } from 'node:crypto';

/** An id made of what the thing comes from: SHA-256 of the parts, written like a UUID (version 8, "custom", RFC 9562). */
export const derivedId = (...parts: readonly (string | number | bigint)[]): string => {
  const hex = hash('sha256', parts.join('\u0000'), 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
