import { describe, expect, it } from '@jest/globals';
import { passesIban, passesLuhn } from './check-digits.js';

describe('check digits', () => {
  it.each(['4111111111111111', '378282246310005', '6011000990139424'])('%s is a card number, and no neighbour of it is', (digits) => {
    expect(passesLuhn(digits)).toBe(true);
    expect(passesLuhn(`${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}`)).toBe(false);
  });

  it.each(['DE89370400440532013000', 'GB82WEST12345698765432', 'NO9386011117947', 'MT84MALT011000012345MTLCAST001S'])('%s is an IBAN, and is none with two digits swapped', (iban) => {
    expect(passesIban(iban)).toBe(true);
    expect(passesIban(`${iban.slice(0, 2)}${iban.charAt(3)}${iban.charAt(2)}${iban.slice(4)}`)).toBe(false);
  });
});
