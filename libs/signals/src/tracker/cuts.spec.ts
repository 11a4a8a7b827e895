import { describe, expect, it } from '@jest/globals';
import { Cuts, groupOf, GROUPS } from './cuts.js';

const idIn = (group: number): string => {
  for (let n = 0; ; n += 1) if (groupOf(`c${n}`) === group) return `c${n}`;
};

describe('the groups of conversations', () => {
  it('are of about the same size, also for ids that differ little', () => {
    const sizes = new Array<number>(GROUPS).fill(0);
    for (let n = 0; n < 32_000; n += 1) sizes[groupOf(`conversation-${n}`)] = (sizes[groupOf(`conversation-${n}`)] as number) + 1;
    expect(Math.min(...sizes)).toBeGreaterThan(700);
    expect(Math.max(...sizes)).toBeLessThan(1_300);
  });
});

describe('Cuts', () => {
  it('know which records of a group belong to settled parts, and come back as they were', () => {
    const cuts = new Cuts();
    cuts.cut(3, 1_000);
    cuts.cut(7, 1_200);
    cuts.cut(3, 1_500);
    for (const known of [cuts, Cuts.decode(cuts.encode(900), 900)]) {
      expect([known.isBefore(idIn(3), 1_499), known.isBefore(idIn(3), 1_500)]).toEqual([true, false]);
      expect([known.isBefore(idIn(7), 1_199), known.isBefore(idIn(7), 1_200)]).toEqual([true, false]);
      expect(known.isBefore(idIn(4), 950)).toBe(false);
    }
  });

  it('leave out what lies before the replay', () => {
    const cuts = new Cuts();
    cuts.cut(3, 1_000);
    cuts.cut(7, 1_200);
    expect(cuts.encode(1_000)).toBe('7:5k');
    expect(cuts.encode(1_200)).toBe('');
  });

  it('fit the metadata of a position with every group cut, far into a log', () => {
    const cuts = new Cuts();
    for (let group = 0; group < GROUPS; group += 1) cuts.cut(group, 9_000_000_000_000_000 - group);
    expect(cuts.encode(9_000_000_000_000_000 - 70_000_000_000).length).toBeLessThanOrEqual(350);
  });

  it('take nothing from what is not theirs', () => {
    const cuts = Cuts.decode('zz:5,x,:,1:,2:-4,hello', 10);
    expect(cuts.encode(0)).toBe('');
  });
});
