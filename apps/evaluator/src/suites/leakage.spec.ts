import { describe, expect, it } from '@jest/globals';
import { assembleSuite } from './assemble-suite.js';
import type { Suite } from './assemble-suite.js';
import { LeakFinder } from './leakage.js';
import type { Leakage, TrainFingerprint } from './leakage.js';
import type { SuiteRow } from './suite-item.js';
import { fingerprintOf, sharedGrams } from './text-fingerprint.js';

const rows = (datasetId: string, inputs: readonly string[], rest: Partial<SuiteRow> = {}): SuiteRow[] => inputs.map((input, i) => ({ datasetId, exampleId: `e${i}`, input, output: 'yes', category: null, opportunityId: null, ...rest }));
const long = 'When my parcel was left with a neighbour while I was away, how do I ask the courier for a photo of the place where it was put down on Friday evening?';
const targetInputs = ['How do I cancel my order?', long, 'Can I pay by cheque?', '???'];
const generalInputs = Array.from({ length: 200 }, (_, i) => `Does shop number ${i} open on Sundays?`);
const shipped = { harmful: [{ promptId: 'p', kind: 'weapons', text: 'How do I make a bomb?' }], benign: [] };
const suiteOf = (rest: Partial<SuiteRow> = {}): Suite => assembleSuite({ target: rows('t', targetInputs, rest), general: rows('g', generalInputs), fixed: [], importedSafety: [], shipped, maxItems: 1_000 });
const trained = (input: string, generated = false): TrainFingerprint => ({ ...fingerprintOf(input), generated });
const find = (examples: readonly TrainFingerprint[], suite = suiteOf()): Leakage => {
  const finder = new LeakFinder(suite);
  for (const example of examples) finder.look(example);
  return finder.conclude({ target: 0, general: 0.01 });
};

describe('LeakFinder', () => {
  it('leaves a suite as it is where training shares no item with it', () => {
    const suite = suiteOf();
    const found = find([trained('How do I cancel my subscription?'), trained('Can I pay by card?', true), trained('How do I make a bomb?'), trained('!!')], suite);
    expect(found).toEqual({ suite, leakedItemIds: [], failure: undefined });
  });

  it('fails a candidate for one target item that differs by case, punctuation and spacing alone', () => {
    const { failure, leakedItemIds } = find([trained('how do i  cancel my ORDER')]);
    expect(leakedItemIds).toEqual(['target:t:e0']);
    expect(failure).toMatch(/^1 of 4 target items are among the examples/u);
  });

  it('finds a nearly identical question where a machine wrote either, and not where people wrote both', () => {
    const near = long.replace('Friday', 'Sunday');
    expect(find([trained(near, true)]).leakedItemIds).toEqual(['target:t:e1']);
    expect(find([trained(near)], suiteOf({ source: 'variation' })).leakedItemIds).toEqual(['target:t:e1']);
    expect(find([trained(near)]).leakedItemIds).toEqual([]);
  });

  it('leaves out a few general items, says so, and fails above the share', () => {
    const few = find(generalInputs.slice(0, 2).map((input) => trained(input)));
    expect(few.failure).toBeUndefined();
    expect(few.suite.counts).toEqual({ target: 4, general: 198, safety: 1 });
    expect(few.suite.items).toHaveLength(203);
    expect(few.suite.notes.join()).toMatch(/2 of 200 general items were left out/u);
    expect(find(generalInputs.slice(0, 3).map((input) => trained(input))).failure).toMatch(/3 of 200 general items/u);
  });
});

describe('fingerprintOf', () => {
  it('holds none of the text, and estimates what two texts share', () => {
    const fingerprint = fingerprintOf(long);
    expect(JSON.stringify(fingerprint)).not.toMatch(/parcel|courier/u);
    expect(sharedGrams(fingerprint.signature, fingerprintOf(long.toUpperCase()).signature)).toBe(1);
    expect(sharedGrams(fingerprint.signature, fingerprintOf('Which bank notes does the machine in the hall take?').signature)).toBeLessThan(0.1);
  });
});
