/** Payment card numbers carry a check digit (Luhn, ISO/IEC 7812-1), which keeps order numbers out. */
export const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

/** IBAN check (ISO 13616, mod 97-10): the first four characters go to the end, letters count 10 to 35, the rest modulo 97 is 1. */
export const passesIban = (iban: string): boolean => {
  let rest = 0;
  for (let i = 0; i < iban.length; i += 1) {
    const code = iban.charCodeAt((i + 4) % iban.length);
    rest = code <= 57 ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest === 1;
};
