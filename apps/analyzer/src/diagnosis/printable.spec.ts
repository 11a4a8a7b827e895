import { describe, expect, it } from '@jest/globals';
import { printable } from './printable.js';
import { suggestFix } from './suggested-fix.js';

describe('printable', () => {
  it('leaves one line without control, direction and broken characters, cut by characters and not by halves of them', () => {
    expect(printable('one\n\ttwo\u0000 \u202ethree\ud83d', 100)).toBe('one two three');
    expect(printable('😀😀😀😀', 3)).toBe('😀😀…');
  });
});

describe('suggestFix', () => {
  it('names patterns and corrections within 500 printable characters, however long these are', () => {
    const failure = (correction: string) => ({ interactionId: 'i', conversationId: 'c', version: 'v', query: 'q', response: 'r', severity: 1, signals: [], reasons: [], comments: [], correction });
    const fix = suggestFix({ fixType: 'knowledge_entries', patterns: ['opening hours', 'x'.repeat(600)], failures: [failure('\u001b[31mAt nine.'), failure('y'.repeat(900))] });
    expect([...fix]).toHaveLength(500);
    expect(fix).toMatch(/^Add or correct knowledge entries about "opening hours"/);
    expect(fix).not.toMatch(/\p{Cc}/u);
  });
});
