import { hash } from 'node:crypto';

/** The two top bits of the variant field are 10. */
const VARIANTS = '89ab';

/** An id made of what the thing comes from: SHA-256 of the parts, written like a UUID (version 8, "custom", RFC 9562). */
export const derivedId = (...parts: readonly (string | number | bigint)[]): string => idOfText(parts.join('\u0000'));

/** As {@link derivedId}, of parts that are joined by a zero character already. */
export const idOfText = (text: string): string => {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${VARIANTS.charAt(hex.charCodeAt(16) & 0x3)}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
