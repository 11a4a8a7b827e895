import type { Span } from './replace-spans.js';

const LOCAL_MAX = 64;
const DOMAIN_MAX = 253;
const inLocal = /[\p{L}\p{N}._%+'-]/u;
const inDomain = /[\p{L}\p{N}.-]/u;

/** Mail addresses, found from their @ outwards: a search for what stands before it would look at long words again and again. */
export const findMail = (text: string): Span[] => {
  const spans: Span[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < LOCAL_MAX && inLocal.test(text.charAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && end - at <= DOMAIN_MAX && inDomain.test(text.charAt(end))) end += 1;
    while (end > at && /[.-]/u.test(text.charAt(end - 1))) end -= 1;
    const labels = text.slice(at + 1, end).split('.');
    if (start === at || labels.length < 2 || labels.includes('') || !/^\p{L}{2,}$|^xn--/u.test(labels.at(-1) ?? '')) continue;
    // An address directly behind another cannot share a part with it.
    spans.push({ start: Math.max(start, spans.at(-1)?.end ?? 0), end });
  }
  return spans;
};

export const findUrls = (text: string): Span[] =>
  [...text.matchAll(/(?<![\p{L}\d])(?:https?:\/\/|www\.)[^\s<>"'`]+/giu)].map(({ 0: url, index }) => ({ start: index, end: index + url.replace(/[.,;:!?)\]}]{1,8}$/u, '').length }));
