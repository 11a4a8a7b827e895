import { describe, expect, test } from '@jest/globals';

import { murmur3 } from './murmur3.js';

describe('murmur3', () => {
  test.each([
    ['ejOoVL', 0],
    ['bY9fO-', 1],
    ['SI7p-', 2147483647],
    ['6LvT0', 2147483648],
    ['ceQdGm', 4294967295],
    ['gr1:123', 538421172],
    ['feat:hellø', 1690774796],
    ['feat:你好', 3729216835],
    ['feat:😊', 2260962564],
  ])('hashes %j to the value that other implementations publish', (text, expected) => {
    expect(murmur3(text)).toBe(expected);
  });

  test('is the same for a text that is too long for the shared buffer, and leaves nothing behind in it', () => {
    const [long, short] = ['\u{1F600}ä'.repeat(1_000), 'gr1:123'];
    const first = murmur3(long);
    expect(murmur3(short)).toBe(538421172);
    expect(murmur3(long)).toBe(first);
    expect(murmur3('x'.repeat(512))).not.toBe(murmur3('x'.repeat(513)));
  });

  test('gives other values under another seed', () => {
    expect(murmur3('gr1:123', 1)).not.toBe(murmur3('gr1:123'));
  });

  test('is zero for the empty text', () => {
    expect(murmur3('')).toBe(0);
  });

  test('reads an unpaired surrogate as the replacement character, as UTF-8 writes it', () => {
    expect(murmur3('a\ud83d')).toBe(murmur3('a\ufffd'));
  });
});
