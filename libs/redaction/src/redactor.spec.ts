import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@ratchet/testing';
import type { RedactionKind, RedactionRules } from './redaction-rules.js';
import { Redactor } from './redactor.js';

const all: RedactionKind[] = ['email', 'phone', 'card', 'iban', 'ip', 'url'];
const redactor = (config: object = {}): Redactor => new Redactor({ redact: all, patterns: [], phoneCountry: 'DE', ...config } as RedactionRules);

describe('Redactor', () => {
  it.each([
    ['Write to anna.berg+shop@mail.example.org, please.', 'Write to [email], please.'],
    ['"jürgen@exämple.de"; a@b.co', '"[email]"; [email]'],
    ['x@y is no address, nor is @handle, nor 3@4.5, nor a@b..com', 'x@y is no address, nor is @handle, nor 3@4.5, nor a@b..com'],
    ['a@b.com@c.org', '[email][email]'],
    ['My card is 4111 1111 1111 1111.', 'My card is [card].'],
    ['4111-1111-1111-1111 12/27 123', '[card] 12/27 123'],
    ['4111 1111 1111 1111 12', '[card] 12'],
    ['5500005555555559 and 378282246310005', '[card] and [card]'],
    ['4111.1111.1111.1111', '[card]'],
    ['Order 4111 1111 1111 1112 is late', 'Order 4111 1111 1111 1112 is late'],
    ['DE89 3704 0044 0532 0130 00 BITTE', '[iban] BITTE'],
    ['de89370400440532013000, GB82WEST12345698765432', '[iban], [iban]'],
    ['IBANDE89370400440532013000', 'IBAN[iban]'],
    ['AB12 this is GB82 WEST 1234 5698 7654 32', 'AB12 this is [iban]'],
    ['from 192.168.0.17. Then 10.0.0.300', 'from [ip]. Then 10.0.0.300'],
    ['2001:db8::ff00:42:8329 and fe80::1, at 12:30:45', '[ip] and [ip], at 12:30:45'],
    ['version 1.2.3 of std::vector', 'version 1.2.3 of std::vector'],
    ['Call +49 30 901820 or 030/901820 now', 'Call [phone] or [phone] now'],
    ['(+1) 213 373 4253', '[phone]'],
    ['on 2026-11-22 at 20:26 for 3 nights', 'on 2026-11-22 at 20:26 for 3 nights'],
    ['see https://shop.example/o?id=7&mail=a@b.co.', 'see [url].'],
    ['(www.example.org/a)', '([url])'],
    ['', ''],
    ['nothing to hide', 'nothing to hide'],
  ])('%j becomes %j', (text, expected) => {
    expect(redactor().redact(text)).toBe(expected);
  });

  it.each([
    ['dig\u200bits\u200b: 41\u200b11 1111 1111 1111', 'dig\u200bits\u200b: [card]'],
    ['my card is ４１１１ １１１１ １１１１ １１１１.', 'my card is [card].'],
    ['٤١١١١١١١١١١١١١١١ is the card', '[card] is the card'],
    ['card 𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏!', 'card [card]!'],
    ['4111\u20131111\u20131111\u20131111', '[card]'],
    ['DE\u00ad89 3704 0044 0532 0130 00', '[iban]'],
    ['jo＠example．org or jo@\u200bexample.org', '[email] or [email]'],
    ['jo (at) example (dot) org, please', '[email], please'],
    ['write to jo.berg [at] mail.example.org', 'write to [email]'],
    ['jo at example dot org', '[email]'],
    ['JO AT MAIL DOT EXAMPLE DOT ORG', '[email]'],
    ['it is jo @ example.org', 'it is [email]'],
    ['+49 30\u200b 901820', '[phone]'],
    ['+４９ ３０ ９０１８２０', '[phone]'],
    ['look at example.org, or meet me at noon', 'look at example.org, or meet me at noon'],
    ['at the dot com boom', 'at the dot com boom'],
    ['order ４１１１ １１１１ １１１１ １１１２ of １２ items', 'order ４１１１ １１１１ １１１１ １１１２ of １２ items'],
    ['👍🏽 👩‍👩‍👧 ok', '👍🏽 👩‍👩‍👧 ok'],
  ])('is not deceived: %j becomes %j', (text, expected) => {
    expect(redactor().redact(text)).toBe(expected);
  });

  it('finds nothing in what it has redacted', () => {
    const random = seededRandom(5);
    const pieces = ['a@b.co', '4111 1111 1111 1111', 'DE89 3704 0044 0532 0130 00', '10.0.0.1', '+49 30 901820', '030/901820', 'https://a.example/b', 'fe80::1', '12', '-', '.', ' ', '(', '@', ':', '/', 'word', '\n', '2026-11-22', 'é', '👍'];
    for (let i = 0; i < 2_000; i += 1) {
      const text = Array.from({ length: random.between(1, 12) }, () => random.pick(pieces)).join(random.pick([' ', ', ', '\n', '; ']));
      const once = redactor().redact(text);
      expect([text, redactor().redact(once)]).toEqual([text, once]);
    }
  });

  it('takes for an IBAN only what its check digits prove', () => {
    expect(redactor({ redact: ['iban'] }).redact('DE89 3704 0044 0532 0130 01 DE88 3704')).toBe('DE89 3704 0044 0532 0130 01 DE88 3704');
  });

  it('replaces only the kinds that it is told to', () => {
    const text = 'a@b.co 4111 1111 1111 1111 10.0.0.1';
    expect(redactor({ redact: ['card'] }).redact(text)).toBe('a@b.co [card] 10.0.0.1');
    expect(redactor({ redact: [] }).isIdle).toBe(true);
  });

  it('knows numbers without a prefix only where it knows the country', () => {
    expect(redactor({ phoneCountry: undefined }).redact('030/901820 or +49 30 901820')).toBe('030/901820 or [phone]');
  });

  it.each([
    ['US', 'call (213) 373-4253 or 213-373-4253', 'call [phone] or [phone]'],
    ['GB', 'on 020 7946 0958, or 07911 123456', 'on [phone], or [phone]'],
    ['DK', 'ring 32 12 34 56, on 22.11.2026', 'ring [phone], on 22.11.2026'],
    ['US', 'order 12345678 of 2026-11-22 for 1,234,567.89', 'order 12345678 of 2026-11-22 for 1,234,567.89'],
  ])('knows the numbers of %s: %j', (phoneCountry, text, expected) => {
    expect(redactor({ phoneCountry, redact: ['phone'] }).redact(text)).toBe(expected);
  });

  it("replaces what a product's own expressions find, first", () => {
    const own = redactor({ patterns: [{ name: 'order', pattern: '(?i)ord-\\d{6}' }, { name: 'nothing', pattern: 'x*' }] });
    expect(own.redact('ORD-123456 and ord-654321 of a@b.co')).toBe('[order] and [order] of [email]');
  });

  it('leaves what is to stay, and nothing that only looks like it', () => {
    const own = redactor({ keep: ['Help@shop.example', '@fernlight.example', '+49 30 901820'] });
    expect(own.redact('help@SHOP.example, a@fernlight.example, +49 30 901820')).toBe('help@SHOP.example, a@fernlight.example, +49 30 901820');
    expect(own.redact('no-help@shop.example, a@fernlight.example.evil, a@notfernlight.example')).toBe('[email], [email], [email]');
  });

  it('counts what it replaced by kind', () => {
    const counted: [string, number][] = [];
    new Redactor({ redact: all, patterns: [] }, (kind, count) => counted.push([kind, count])).redact('a@b.co c@d.org 10.0.0.1');
    expect(counted).toEqual([['email', 2], ['ip', 1]]);
  });

  // Each text makes a back-tracking search quadratic or worse; all of them together are through before a test's time is.
  it.each([
    ['letters without an end', 'a'.repeat(400_000)],
    ['signs of an address', '@'.repeat(200_000)],
    ['addresses in addresses', 'a@'.repeat(200_000)],
    ['dots', 'a.'.repeat(200_000)],
    ['digits', '1'.repeat(400_000)],
    ['groups of digits', '4 '.repeat(200_000)],
    ['what begins like an IBAN', 'DE89 '.repeat(80_000)],
    ['colons', ':'.repeat(400_000)],
    ['brackets', '(0'.repeat(200_000)],
    ['spelled addresses without an end', 'a at b dot '.repeat(36_000)],
    ['invisible characters', '\u200b1'.repeat(200_000)],
    ['what begins like a link', 'https://'.repeat(50_000)],
  ])('is done with 400,000 characters of %s', (_what, text) => {
    expect(redactor({ patterns: [{ name: 'evil', pattern: '(a+)+$|(\\d+)*x' }] }).redact(text).length).toBeLessThanOrEqual(text.length + 200_000);
  });
});
