import { describe, expect, it } from '@jest/globals';
import { commandOrderSchema } from '@ratchet/console-api';
import { startInWords, startOrder, usualForm, whyNotStart } from './start-order';
import { looksOf } from './words';

const form = { ...usualForm, model: 'm', workload: 'w', treatment: 'v2' };

describe('an experiment that is ordered', () => {
  it('is a command that the console takes, of both plans', () => {
    expect(commandOrderSchema.safeParse(startOrder(form, 'why')).success).toBe(true);
    expect(startOrder({ ...form, plan: 'open', control: 'v0', onWin: 'rollout' }, 'why')).toMatchObject({ plan: { type: 'open' }, control: 'v0', share: 0.5, controlShare: 0.5, margin: 0.05, onWin: 'rollout' });
    expect(startOrder(form, 'why')).not.toHaveProperty('control');
  });

  it.each([
    [{ model: '' }, /target/], [{ treatment: '' }, /version to try/], [{ treatment: 'v1' }, /same version/], [{ control: 'v2' }, /same version/], [{ sharePercent: 60 }, /more than 100/], [{ controlSharePercent: 0 }, /share/],
    [{ unitsPerArm: 49 }, /from 50/], [{ unitsPerArm: Number.NaN }, /whole number/], [{ unitsPerArm: 60, looks: 7 }, /fewer looks/], [{ alpha: 0.3 }, /error rate/], [{ marginPercent: 0 }, /margin/],
  ])('is not possible with %j', (parts, why) => {
    expect(whyNotStart({ ...form, ...parts }, 'v1')).toMatch(why);
  });

  it('is possible as the form begins', () => {
    expect(whyNotStart(form, 'v1')).toBeUndefined();
  });

  it('is told in words, with what is left for the champion', () => {
    expect(startInWords({ ...form, sharePercent: 20, controlSharePercent: 20 }, 'v1')).toMatch(/v2 gets 20 % of the traffic of m\/w, v1 \(the champion\) 20 %, and the champion the other 60 %/);
  });
});

describe('looks', () => {
  it('are the steps that have a reading', () => {
    const reading = { difference: 0.02, lower: -0.1, upper: 0.1, arms: { control: { units: 10, failed: 1 }, treatment: { units: 12, failed: 1 } } };
    expect(looksOf([{ reading: null, at: '2026-01-01T00:00:00Z' }, { reading, at: '1970-01-01T00:00:01Z' }])).toEqual([{ at: 1_000, units: 22, difference: 0.02, interval: [-0.1, 0.1] }]);
  });
});
