import { describe, expect, it } from '@jest/globals';
import { LeakGuard } from './leakage.js';

const test = 'How do I cancel my yearly plan before it renews?';
const disguises: [string, string][] = [
  ['the same text', test],
  ['another case', test.toLowerCase()],
  ['other punctuation', 'How do I cancel my yearly plan, before it renews!'],
  ['other spacing', ` ${test.replaceAll(' ', ' \n ')}`],
  ['look-alikes', test.replaceAll('a', 'а').replaceAll('o', 'ο')],
  ['invisible characters', test.replaceAll('a', 'a\u200d')],
];
const swapped = 'How do I cancel my monthly plan before it renews?';

describe('LeakGuard', () => {
  it.each(disguises)('keeps %s of a test from training, whoever wrote it', (_what, input) => {
    const guard = new LeakGuard([{ input: test, split: 'test', generated: false }]);
    for (const generated of [true, false]) expect(guard.isTested({ input, generated })).toBe(true);
  });

  it.each(disguises)('keeps %s of a training from tests', (_what, input) => {
    const guard = new LeakGuard([{ input: test, split: 'train', generated: false }]);
    for (const generated of [true, false]) expect(guard.isTrained({ input, generated })).toBe(true);
  });

  it('takes a text with one word swapped for a leak where a machine wrote either, and for a second fact where people wrote both', () => {
    const [byPeople, byMachine] = [false, true].map((generated) => new LeakGuard([{ input: test, split: 'test', generated }]));
    expect(byPeople?.isTested({ input: swapped, generated: true })).toBe(true);
    expect(byMachine?.isTested({ input: swapped, generated: false })).toBe(true);
    expect(byPeople?.isTested({ input: swapped, generated: false })).toBe(false);
  });

  it('does not mix the two up, and leaves other texts alone', () => {
    const guard = new LeakGuard([{ input: test, split: 'test', generated: true }]);
    expect(guard.isTrained({ input: test, generated: true })).toBe(false);
    expect(guard.isTested({ input: 'Where do I see my invoices?', generated: true })).toBe(false);
  });
});
