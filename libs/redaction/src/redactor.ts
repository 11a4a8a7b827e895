import { RE2JS } from 're2js';
import { findMail, findUrls } from './find-mail.js';
import { findSpelledMail } from './find-spelled-mail.js';
import { findAddresses, findCards, findIbans, phoneFinder } from './find-numbers.js';
import { plainText } from './plain-text.js';
import type { RedactionKind, RedactionRules } from './redaction-rules.js';
import { replaceSpans, type Span } from './replace-spans.js';

/** In this order: what holds others goes first, and what is told by a check digit before what only looks like something. */
const ORDER: readonly RedactionKind[] = ['url', 'email', 'iban', 'card', 'ip', 'phone'];

/** What a text must have at the least for a kind to be in it: most texts have none of it, and are left after one look. */
const mayHold: Readonly<Record<RedactionKind, RegExp>> = {
  url: /:\/\/|www\./iu,
  email: /@|\bdot\b|[([{<] ?at/iu,
  iban: /[A-Za-z]{2}\d{2}/u,
  card: /\d[ .\u00a0\u2009\u202f-]?\d[ .\u00a0\u2009\u202f-]?\d[ .\u00a0\u2009\u202f-]?\d/u,
  ip: /\d\.\d|[0-9a-fA-F:]:[0-9a-fA-F:]/u,
  phone: /\d[\d ()./\u00a0-]{5}/u,
};

/** Addresses as they are, and those that are spelled where no plain one is. */
const findAnyMail = (text: string): Span[] => {
  const spans = findMail(text);
  const free = findSpelledMail(text).filter(({ start, end }) => spans.every((span) => end <= span.start || start >= span.end));
  return [...spans, ...free].sort((a, b) => a.start - b.start);
};

export type OnRedacted = (kind: string, count: number) => void;

/** Replaces what a policy names in texts, in time that grows with the text's length alone. */
export class Redactor {
  private readonly kinds: readonly RedactionKind[];
  private readonly finders: Readonly<Record<RedactionKind, (text: string) => Span[]>>;
  private readonly keep: readonly string[];
  private readonly custom: readonly { readonly name: string; readonly pattern: RE2JS }[];

  constructor(
    { redact, patterns, phoneCountry, keep = [] }: RedactionRules,
    private readonly onRedacted: OnRedacted = () => undefined,
  ) {
    this.kinds = ORDER.filter((kind) => redact.includes(kind));
    this.finders = { url: findUrls, email: findAnyMail, iban: findIbans, card: findCards, ip: findAddresses, phone: phoneFinder(phoneCountry) };
    this.keep = keep.map((text) => text.trim().toLowerCase()).filter((text) => text !== '');
    // RE2 has no back-tracking: no expression, however it was written, is slow on any text.
    this.custom = patterns.map(({ name, pattern }) => ({ name, pattern: RE2JS.compile(pattern) }));
  }

  get isIdle(): boolean {
    return this.kinds.length === 0 && this.custom.length === 0;
  }

  redact(text: string): string {
    let result = text;
    for (const { name, pattern } of this.custom) result = this.replaceCustom(result, name, pattern);
    let plain = plainText(result);
    for (const kind of this.kinds) {
      if (!mayHold[kind].test(plain.text)) continue;
      const spans = this.finders[kind](plain.text).filter(({ start, end }) => !this.stays(plain.text.slice(start, end))).map((span) => plain.original(span));
      if (spans.length === 0) continue;
      this.onRedacted(kind, spans.length);
      result = replaceSpans(result, spans, `[${kind}]`);
      plain = plainText(result);
    }
    return result;
  }

  private stays(found: string): boolean {
    const text = found.toLowerCase();
    return this.keep.some((kept) => text === kept || (kept.startsWith('@') && text.endsWith(kept)));
  }

  private replaceCustom(text: string, name: string, pattern: RE2JS): string {
    const matcher = pattern.matcher(text);
    const spans: Span[] = [];
    while (matcher.find()) if (matcher.end() > matcher.start()) spans.push({ start: matcher.start(), end: matcher.end() });
    if (spans.length > 0) this.onRedacted(name, spans.length);
    return replaceSpans(text, spans, `[${name}]`);
  }
}
