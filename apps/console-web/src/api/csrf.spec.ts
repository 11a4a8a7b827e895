import { describe, expect, it } from '@jest/globals';
import { csrfTokenIn } from './csrf';

describe('csrfTokenIn', () => {
  it.each([
    ['ratchet_csrf=abc', 'abc'],
    ['other=1; __Host-ratchet_csrf=a-b_c; more=2', 'a-b_c'],
    ['other=1;ratchet_csrf=abc', 'abc'],
  ])('finds it in %s', (cookies, token) => {
    expect(csrfTokenIn(cookies)).toBe(token);
  });

  it.each(['', 'not_ratchet_csrf=abc', 'evil-ratchet_csrf=abc', 'x=ratchet_csrf=abc'])('finds none in "%s"', (cookies) => {
    expect(csrfTokenIn(cookies)).toBeUndefined();
  });
});
