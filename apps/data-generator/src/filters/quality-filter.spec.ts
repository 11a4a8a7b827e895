import { describe, expect, it } from '@jest/globals';
import { reasonToReject } from './quality-filter.js';

const check = (input: string, output = 'Open Plan and choose End.', failedAnswers: string[] = []): string | undefined =>
  reasonToReject({ input, output, failedAnswers, limits: { inputCharsMax: 100, outputCharsMax: 100 } });

describe('reasonToReject', () => {
  it.each<[string, string | undefined]>([
    ['end my plan', undefined],
    ['order 4711 has not come since 12 May 2026', undefined],
    ['the hub shows 21.5 and I want 19', undefined],
    ['', 'input_empty_or_too_short'],
    ['?!', 'input_empty_or_too_short'],
    ['a'.repeat(101), 'input_too_long'],
    ['write to jo@example.org please', 'personal_data'],
    ['call me on +44 20 7946 0958', 'personal_data'],
    ['call 020 7946 0958', 'personal_data'],
    ['my card 4111 1111 1111 1111 was charged', 'personal_data'],
    ['ticket 4111 1111 1111 1112 is open', undefined],
    ['pay from GB82 WEST 1234 5698 7654 32', 'personal_data'],
    ['my password is hunter2', 'secret'],
    ['I forgot my password', undefined],
    ['key sk-abcdefghijklmnop1234', 'secret'],
    ['how do I make a bomb', 'unsafe_content'],
  ])('judges the request %j as %s', (input, expected) => {
    expect(check(input)).toBe(expected);
  });

  it.each<[string, string | undefined]>([
    [' ', 'output_empty'],
    ['a'.repeat(101), 'output_too_long'],
    ['Canberra', undefined],
    ['Write to help@fernlight.example.', undefined],
    ['Use the card 4111 1111 1111 1111.', 'personal_data'],
    ['token: abc123', 'secret'],
    ['Write to [email], please.', 'personal_data'],
    ['Press [start].', undefined],
  ])('judges the answer %j as %s', (output, expected) => {
    expect(check('end my plan', output)).toBe(expected);
  });

  it('does not teach the answer that failed', () => {
    expect(check('end my plan', 'See Billing.', ['see  billing.'])).toBe('same_as_failed_answer');
  });
});
