import { describe, expect, it } from '@jest/globals';
import { jsonShapeProblem } from './json-shape.js';

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('jsonShapeProblem', () => {
  it.each([
    ['a request', '{"messages":[{"role":"user","content":"Hello"}]}'],
    ['values beside each other', `[${'[{}],'.repeat(1_000)}0]`],
    ['brackets and commas in texts', JSON.stringify([nested(10_000), ',"[\\'.repeat(500_000)])],
    ['two hundred levels', nested(200)],
    ['nothing', ''],
    ['a text without its end', '["\\'],
  ])('lets %s pass', (_what, text) => {
    expect(jsonShapeProblem(text)).toBeUndefined();
  });

  it.each([
    ['lists in lists', nested(201), /levels/u],
    ['objects in objects', '{"a":'.repeat(5_000_000), /levels/u],
    ['millions of objects', `[${'{},'.repeat(1_000_000)}{}]`, /values/u],
    ['millions of numbers', `[${'1,'.repeat(2_000_000)}1]`, /values/u],
  ])('refuses %s', (_what, text, message) => {
    expect(jsonShapeProblem(text)).toMatch(message);
  });
});
