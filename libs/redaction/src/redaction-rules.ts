import { isSupportedCountry, type CountryCode } from 'libphonenumber-js/core';
import numberingPlans from 'libphonenumber-js/min/metadata';
import { RE2JS } from 're2js';
import { z } from 'zod';

export const redactionKindSchema = z.enum(['email', 'phone', 'card', 'iban', 'ip', 'url']);
export type RedactionKind = z.infer<typeof redactionKindSchema>;

const compiles = (pattern: string): boolean => {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
};

export const customPatternSchema = z.object({
  /** Stands in the text's place, in brackets. */
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/u, 'is lower-case letters, digits, _ and -'),
  pattern: z.string().min(1).max(1_000).refine(compiles, 'is no regular expression in RE2 syntax: there are no back-references and no look-around'),
});
export type CustomPattern = z.infer<typeof customPatternSchema>;

/** ISO 3166-1, two letters. */
export const phoneCountrySchema = z.string().refine((country): country is CountryCode => isSupportedCountry(country as CountryCode, numberingPlans), 'is no country code such as DE');

export interface RedactionRules {
  readonly redact: readonly RedactionKind[];
  readonly patterns: readonly CustomPattern[];
  /** Country whose phone numbers are known without a prefix; without it, only those that begin with +. */
  readonly phoneCountry?: CountryCode | undefined;
  /** What stays: an address or number as it is written, in whatever case, or `@example.org` for all addresses there. The product's own, which answers may name. */
  readonly keep?: readonly string[];
}
