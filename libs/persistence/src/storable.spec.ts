import { describe, expect, it } from '@jest/globals';
import { storable, storableJson } from './storable.js';

const NUL = String.fromCharCode(0);

describe('storable', () => {
  it('replaces NUL in strings at any depth, and in names of fields', () => {
    expect(storable({ text: `a${NUL}b${NUL}`, [`n${NUL}`]: [`${NUL}`, { deep: `x${NUL}` }] })).toEqual({ text: 'a\uFFFDb\uFFFD', 'n\uFFFD': ['\uFFFD', { deep: 'x\uFFFD' }] });
  });

  it('leaves everything else as it is', () => {
    const at = new Date(0);
    const value = { number: 1.5, nothing: null, yes: true, absent: undefined, at, text: '\u202Emoc<script>\u0301\n\t😀\\u0000' };
    expect(storable(value)).toEqual(value);
    expect(storable(value).at).toBe(at);
    expect(storable('')).toBe('');
    expect(storable(null)).toBeNull();
  });

  it('does not change what it is given', () => {
    const value = { list: [`a${NUL}`] };
    storable(value);
    expect(value).toEqual({ list: [`a${NUL}`] });
  });

  it('gives JSON without an escaped NUL, and keeps a backslash that only looks like one', () => {
    expect(storableJson({ text: `a${NUL}` })).toBe('{"text":"a\uFFFD"}');
    expect(JSON.parse(storableJson({ text: '\\u0000' }))).toEqual({ text: '\\u0000' });
  });

  it('keeps a field called __proto__ a field', () => {
    const value = JSON.parse('{"__proto__": {"a": 1}}') as object;
    expect(Object.keys(storable(value))).toEqual(['__proto__']);
  });
});
