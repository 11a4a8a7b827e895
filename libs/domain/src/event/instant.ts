const ZERO = 0x30;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Length of `2026-03-02T09:00:00Z`, and with milliseconds. */
const SECONDS_LENGTH = 20;
const MILLISECONDS_LENGTH = 24;

const digits2 = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
};

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar; years from 0. */
const daysOf = (year: number, month: number, day: number): number => {
  // Counted from 1 March, so that the leap day is the last of its year.
  const shifted = month > 2 ? year : year - 1;
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return shifted * 365 + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + inYear - 719_468;
};

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/**
 * Milliseconds since the epoch of a time as machines write it (UTC, `2026-03-02T09:00:00Z`, or with three decimals); undefined for
 * everything else, other valid times included. Several times as fast as `Date.parse`, which the log's hot path needs.
 */
export const utcInstantMs = (text: string): number | undefined => {
  const { length } = text;
  if ((length !== MILLISECONDS_LENGTH && length !== SECONDS_LENGTH) || text.charCodeAt(length - 1) !== 0x5a) return undefined;
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d || text.charCodeAt(10) !== 0x54 || text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return undefined;
  const year = digits2(text, 0) * 100 + digits2(text, 2);
  const month = digits2(text, 5);
  const day = digits2(text, 8);
  const hour = digits2(text, 11);
  const minute = digits2(text, 14);
  const second = digits2(text, 17);
  // Written so that NaN, which a character that is no digit gives, fails every one of them.
  if (!(year >= 1 && month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  if (!(day >= 1 && day <= (DAYS_OF_MONTH[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0))) return undefined;
  let ms = 0;
  if (length === MILLISECONDS_LENGTH) {
    const hundreds = text.charCodeAt(20) - ZERO;
    ms = hundreds * 100 + digits2(text, 21);
    if (!(text.charCodeAt(19) === 0x2e && hundreds >= 0 && hundreds <= 9 && ms >= 0)) return undefined;
  }
  return daysOf(year, month, day) * DAY_MS + hour * 3_600_000 + minute * MINUTE_MS + second * 1_000 + ms;
};

/** `Date.parse`, quickly for times as machines write them; NaN for a text that is no time. */
export const instantMsOf = (text: string): number => utcInstantMs(text) ?? Date.parse(text);

const SECONDS = Array.from({ length: 60 }, (_, second) => String(second).padStart(2, '0'));
const DECIMALS = Array.from({ length: 1_000 }, (_, ms) => `.${String(ms).padStart(3, '0')}Z`);
let lastMs = 0;
let lastText = new Date(0).toISOString();
let lastMinute = 0;
let lastPrefix = lastText.slice(0, 17);

/** `new Date(ms).toISOString()`, and its RangeError; consecutive times mostly share their minute, whose text is kept. */
export const instantOf = (ms: number): string => {
  if (ms === lastMs) return lastText;
  const minute = Math.floor(ms / MINUTE_MS);
  if (minute !== lastMinute) {
    const text = new Date(ms).toISOString();
    // Years that take more than four digits move the rest of the text.
    if (text.length !== MILLISECONDS_LENGTH || !Number.isInteger(ms)) return text;
    lastMinute = minute;
    lastPrefix = text.slice(0, 17);
  } else if (!Number.isInteger(ms)) return new Date(ms).toISOString();
  const inMinute = ms - minute * MINUTE_MS;
  lastText = `${lastPrefix}${SECONDS[Math.floor(inMinute / 1_000)] ?? ''}${DECIMALS[inMinute % 1_000] ?? ''}`;
  lastMs = ms;
  return lastText;
};
