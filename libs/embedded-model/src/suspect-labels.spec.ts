import { describe, expect, it } from '@jest/globals';
import { findSuspectLabels } from './suspect-labels.js';
import { train } from './train.js';
import type { TrainingExample } from './training-example.js';

const frames = ['where is my THING', 'my THING is late', 'please look at the THING', 'news of my THING', 'THING has a problem', 'I lost the THING', 'can you check the THING', 'what about my THING'];
const about = (thing: string): TrainingExample[] => frames.map((frame) => ({ input: frame.replace('THING', thing), output: `About your ${thing}.` }));
const clean = ['parcel', 'invoice', 'password', 'battery'].flatMap(about);

describe('findSuspectLabels', () => {
  it('finds nothing where every answer is right', () => {
    expect(findSuspectLabels({ examples: clean })).toEqual([]);
  });

  it('finds what teaches another answer, and names the one that it should', () => {
    const examples = clean.map((example, index) => (index === 3 || index === 20 ? { ...example, output: 'About your invoice.' } : example));
    const found = findSuspectLabels({ examples });
    expect(found.map(({ index, likelyOutput }) => [index, likelyOutput]).sort(([a], [b]) => Number(a) - Number(b))).toEqual([[3, 'About your parcel.'], [20, 'About your password.']]);
    expect(found.every(({ strength }) => strength > 0)).toBe(true);
  });

  it('knows from the base what an update teaches wrongly', () => {
    const base = train({ examples: clean, seed: 2 });
    const examples = [...about('router'), { input: 'has anybody seen my parcel', output: 'About your router.' }];
    expect(findSuspectLabels({ examples, base }).map(({ index }) => index)).toEqual([examples.length - 1]);
  });

  it('does not call an answer wrong for having few examples', () => {
    expect(findSuspectLabels({ examples: [...clean, { input: 'where is my parcel now', output: 'It is with the neighbours.' }] })).toEqual([]);
  });
});
