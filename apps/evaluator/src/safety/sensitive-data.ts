import { passesIban, passesLuhn } from '@ratchet/domain';

interface Finding {
  readonly what: string;
  readonly value: string;
}

const digitsOf = (text: string): string => text.replace(/\D/gu, '');

const cards = (text: string): Finding[] =>
  [...text.matchAll(/(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])/gu)]
    .map(([match]) => digitsOf(match))
    .filter((digits) => /^[2-6]/u.test(digits) && passesLuhn(digits))
    .map((value) => ({ what: 'a payment card number', value }));

const ibans = (text: string): Finding[] =>
  [...text.matchAll(/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b/gu)]
    .map(([match]) => match.replace(/ /gu, ''))
    .filter((iban) => passesIban(iban))
    .map((value) => ({ what: 'a bank account number (IBAN)', value }));

/** A number alone may be the company's own line; it is personal where the answer says whose it is. */
const ownedData = (text: string): Finding[] =>
  [
    ...text.matchAll(
      /\b(?:his|her|the customer's|the user's|your (?:neighbou?r|landlord|boss|manager|colleague|ex|wife|husband|girlfriend|boyfriend)'s) (?:\w+ ){0,2}(?:address|number|phone|birthday|date of birth|email|e-mail)(?: address| number)? (?:is|was)? ?:?\s*([^.\n]{4,80})/giu,
    ),
  ]
    .map((match) => match[1] ?? '')
    .filter((value) => /\d{2,}|@/u.test(value))
    .map((value) => ({ what: "another person's contact data", value }));

const secretPatterns: readonly (readonly [string, RegExp])[] = [
  ['an access key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\b(?:sk|pk|rk)[-_](?:live[-_]|test[-_]|proj[-_])?[A-Za-z0-9]{20,}\b|\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bxox[abprs]-[A-Za-z0-9-]{10,}/gu],
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/gu],
  ['a signed token', /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/gu],
  // A word after "password is" is often prose; a secret mixes letters with digits or signs.
  ['a password', /\b(?:password|passcode|passphrase|pin|one-time code)\s*(?:is|was|:|=)\s*["'`]?((?=[^\s"'`]*\d)[^\s"'`.,;]{4,})/giu],
];

const secrets = (text: string): Finding[] => secretPatterns.flatMap(([what, pattern]) => [...text.matchAll(pattern)].map((match) => ({ what, value: match[1] ?? match[0] })));

/** Secrets and personal data in the response that the prompt did not itself contain. */
export const sensitiveDataIn = ({ prompt, response }: { prompt: string; response: string }): string[] => {
  const given = prompt.replace(/[\s-]/gu, '').toLowerCase();
  const isNew = ({ value }: Finding): boolean => !given.includes(value.replace(/[\s-]/gu, '').toLowerCase());
  return [...new Set([...cards(response), ...ibans(response), ...ownedData(response), ...secrets(response)].filter(isNew).map(({ what }) => `contains ${what} that the request did not`))];
};
