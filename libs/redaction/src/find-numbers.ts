import { isIPv4, isIPv6 } from 'node:net';
import { passesIban, passesLuhn } from '@ratchet/domain';
import { findPhoneNumbersInText, Metadata, type CountryCode } from 'libphonenumber-js/core';
import numberingPlans from 'libphonenumber-js/min/metadata';
import type { Span } from './replace-spans.js';

// Every expression here consumes a character a bounded number of times, so that no text makes a search slow.

const CARD_DIGITS_MIN = 13;
const CARD_DIGITS_MAX = 19;

interface DigitRun {
  readonly digits: string;
  /** Place of each digit in the text. */
  readonly places: readonly number[];
}

const runsOfDigits = (text: string): DigitRun[] =>
  [...text.matchAll(/\d(?:[ .\u00a0\u2009\u202f-]?\d)+/gu)].map(({ 0: run, index }) => {
    const places: number[] = [];
    let digits = '';
    for (let i = 0; i < run.length; i += 1) {
      const char = run.charAt(i);
      if (char < '0' || char > '9') continue;
      digits += char;
      places.push(index + i);
    }
    return { digits, places };
  });

/** Whether the digit at `i` begins a group: nothing but a digit of the same number stands right before it otherwise. */
const beginsGroup = ({ places }: DigitRun, i: number): boolean => i === 0 || i === places.length || (places[i] as number) - (places[i - 1] as number) > 1;

const cardAt = (run: DigitRun, start: number): number | undefined => {
  const first = run.digits.charAt(start);
  if (first < '2' || first > '6') return undefined;
  for (let end = Math.min(run.digits.length, start + CARD_DIGITS_MAX); end - start >= CARD_DIGITS_MIN; end -= 1) {
    if (beginsGroup(run, end) && passesLuhn(run.digits.slice(start, end))) return end;
  }
  return undefined;
};

/** Payment card numbers, in groups or not, also where other digits follow in a group of their own. */
export const findCards = (text: string): Span[] => {
  const spans: Span[] = [];
  for (const run of runsOfDigits(text)) {
    let start = 0;
    while (start + CARD_DIGITS_MIN <= run.digits.length) {
      const end = beginsGroup(run, start) ? cardAt(run, start) : undefined;
      if (end !== undefined) spans.push({ start: run.places[start] as number, end: (run.places[end - 1] as number) + 1 });
      start = end ?? start + 1;
    }
  }
  return spans;
};

/** Length of an IBAN by country (SWIFT's registry). */
const ibanLengths: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28, CZ: 24, DE: 22, DJ: 27, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FK: 18,
  FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27, GT: 28, HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21, LT: 20, LU: 20, LV: 21, LY: 25,
  MC: 27, MD: 24, ME: 22, MK: 19, MN: 20, MR: 27, MT: 31, MU: 30, NI: 28, NL: 18, NO: 15, OM: 23, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, RU: 33, SA: 24, SC: 31, SD: 18, SE: 24, SI: 19,
  SK: 24, SM: 27, SO: 23, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20, YE: 30,
};

export const findIbans = (text: string): Span[] => {
  const spans: Span[] = [];
  // Words may stand right before it: length and check digits tell it from them.
  const candidates = /[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]){11,30}/gu;
  for (let match = candidates.exec(text); match !== null; match = candidates.exec(text)) {
    const [candidate] = match;
    const length = ibanLengths[candidate.slice(0, 2).toUpperCase()];
    const end = length === undefined ? undefined : endAfter(candidate, length);
    if (end !== undefined && passesIban(candidate.slice(0, end).replace(/[^A-Za-z0-9]/gu, '').toUpperCase())) {
      spans.push({ start: match.index, end: match.index + end });
      candidates.lastIndex = match.index + end;
    } else candidates.lastIndex = match.index + 1;
  }
  return spans;
};

/** Where so many letters and digits end; undefined where there are fewer. Between them a candidate has spaces and hyphens only. */
const endAfter = (candidate: string, length: number): number | undefined => {
  let count = 0;
  for (let i = 0; i < candidate.length; i += 1) {
    if (candidate.charCodeAt(i) > 45 && candidate.charCodeAt(i) < 123) count += 1;
    if (count === length) return i + 1;
  }
  return undefined;
};

export const findAddresses = (text: string): Span[] => {
  const spans: Span[] = [];
  for (const { 0: found, index } of text.matchAll(/(?<![\w:.])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)|[0-9a-fA-F:][0-9a-fA-F:.]{1,44})/gu)) {
    const address = found.replace(/[.]+$/u, '').replace(/(?<!:):$/u, '');
    if (isIPv4(address) || isIPv6(address)) spans.push({ start: index, end: index + address.length });
  }
  return spans;
};

/** Places of one text that are looked up as phone numbers; what looks like one beyond these is taken for one. */
const PHONE_LOOKUPS_MAX = 200;
const DATE = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})$/u;

/** A number without a prefix has 9 digits at the least, for fewer are mostly dates, prices and order numbers; 8 in countries whose numbers have no more. */
const digitsMinOf = (country: CountryCode): number => {
  const metadata = new Metadata(numberingPlans);
  metadata.selectNumberingPlan(country);
  return Math.max(...(metadata.numberingPlan?.possibleLengths() ?? [])) <= 8 ? 8 : 9;
};

/** Finds phone numbers that begin with +, and those of one country as it writes them. */
export const phoneFinder = (country: CountryCode | undefined): ((text: string) => Span[]) => {
  const digitsMin = country === undefined ? 0 : digitsMinOf(country);
  const isPhone = (number: string): boolean => number.includes('+') || (!DATE.test(number) && number.replace(/\D/gu, '').length >= digitsMin);
  const lookUp = (region: string): Span[] =>
    findPhoneNumbersInText(region, country === undefined ? {} : { defaultCountry: country }, numberingPlans)
      .map(({ startsAt, endsAt }) => ({ start: region.charAt(startsAt - 1) === '+' ? startsAt - 1 : startsAt, end: endsAt }))
      .filter(({ start, end }) => isPhone(region.slice(start, end)));
  return (text) => {
    const spans: Span[] = [];
    let lookups = 0;
    for (const { 0: region, index } of text.matchAll(/(?<![\p{L}\d_])(?:\+|\(\+?|00)?\d[\d ()./\u00a0-]{4,30}\d(?!\d)/gu)) {
      if (country === undefined && !region.includes('+')) continue;
      lookups += 1;
      const found = lookups > PHONE_LOOKUPS_MAX ? [{ start: 0, end: region.length }] : lookUp(region);
      for (const { start, end } of found) spans.push({ start: index + start, end: index + end });
    }
    return spans;
  };
};
