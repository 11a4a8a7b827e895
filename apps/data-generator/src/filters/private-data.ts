import { passesIban, passesLuhn } from '@ratchet/domain';

const CARD = /(?:\d[ -]?){13,19}/gu;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/giu;
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/u;
const PHONE = /(?:\+\d{1,3}[\s().-]*(?:\d[\s().-]*){7,12}|\(?\b0\d{2,4}\)?[\s-]\d{3,4}[\s-]\d{3,4})\b/u;
const SECRET =
  /(?:-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\b(?:sk|pk|rk|ghp|gho|xox[abp]|glpat)[-_][A-Za-z0-9_-]{16,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|\b(?:password|passwd|passcode|pin|api[ _-]?key|secret|token)\s*(?:is|[:=])\s*\S*\d\S*)/iu;

const hasCard = (text: string): boolean => [...text.matchAll(CARD)].some(([match]) => passesLuhn(match.replace(/\D/gu, '')));
const hasIban = (text: string): boolean => [...text.matchAll(IBAN)].some(([match]) => passesIban(match.replace(/\s/gu, '').toUpperCase()));

export const holdsSecret = (text: string): boolean => SECRET.test(text);

/** Payment data belongs nowhere. */
export const holdsPaymentData = (text: string): boolean => hasCard(text) || hasIban(text);

/** What a user may have typed of a person. An answer may well name the product's own mailbox or telephone, so this is for requests only. */
export const holdsContactData = (text: string): boolean => EMAIL.test(text) || PHONE.test(text);
