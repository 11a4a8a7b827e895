import { describe, expect, it } from '@jest/globals';
import { commandOrderSchema } from '@ratchet/console-api';
import { automationButton, buttonsOf, revertButton } from './buttons';

const rollout = { model: 'm', workload: 'w', version: 'v2', baseVersion: 'v1', state: 'RUNNING(2)', isOpen: true, stage: 2, share: 0.05, sequence: 7, needsPerson: false, terms: null, revertedAt: null };
const enabled = (parts: object): string[] => buttonsOf({ ...rollout, ...parts }).filter(({ whyNot }) => whyNot === undefined).map(({ key }) => key);

describe('the orders of a rollout', () => {
  // The table of docs/concepts/rollout.md.
  it.each([
    ['DRAFT', { stage: 0 }, ['reject']],
    ['AWAITING_APPROVAL', { stage: 0 }, ['approve', 'reject']],
    ['RUNNING(2)', {}, ['reject', 'pause', 'advance', 'rollback']],
    ['AWAITING_APPROVAL(2)', { needsPerson: true }, ['approve', 'reject', 'pause', 'advance', 'rollback']],
    ['HOLDING(stale)', { needsPerson: false }, ['reject', 'pause', 'advance', 'rollback']],
    ['HOLDING(srm)', { needsPerson: true }, ['reject', 'pause', 'resume', 'advance', 'rollback']],
    ['PAUSED', {}, ['reject', 'resume', 'advance', 'rollback']],
    ['PROMOTED', { isOpen: false }, []],
  ])('in %s %j are those that have an effect', (state, parts, keys) => {
    expect(enabled({ state, ...parts })).toEqual(keys);
  });

  it('leave the decision to the controller where the event did not tell whom the hold waits for', () => {
    expect(enabled({ state: 'HOLDING(inconclusive)', needsPerson: null })).toContain('resume');
  });

  it('are commands that the console takes, and say why they are off', () => {
    for (const { order, whyNot } of buttonsOf({ ...rollout, isOpen: false })) {
      expect(commandOrderSchema.safeParse(order('because')).success).toBe(true);
      expect(whyNot).toMatch(/./);
    }
  });

  it('name what was looked at in an approval', () => {
    const approve = buttonsOf({ ...rollout, state: 'AWAITING_APPROVAL(2)' })[0];
    expect(approve?.order('fine')).toEqual({ name: 'candidate.approve', model: 'm', workload: 'w', version: 'v2', reason: 'fine', stage: 2, evidence: 7 });
  });

  it('tell what will happen with the present numbers', () => {
    const words = Object.fromEntries(buttonsOf(rollout).map(({ key, explanation }) => [key, explanation]));
    expect(words['rollback']).toMatch(/v2 loses its 5 % of the traffic at once, and v1 serves all of it/);
    expect(words['pause']).toMatch(/keeps its 5 %/);
  });
});

describe('the automation', () => {
  it('is held where it goes by itself, and released where it is held', () => {
    expect(automationButton({ model: 'm', workload: 'w', isHeld: false }).order('r').name).toBe('automation.hold');
    expect(automationButton({ model: 'm', workload: 'w', isHeld: true }).order('r').name).toBe('automation.release');
  });
});

describe('a promotion', () => {
  it('can be undone as long as it is the last one', () => {
    const promoted = { ...rollout, state: 'PROMOTED' };
    expect(revertButton(promoted, 'v2')).toMatchObject({ key: 'revert' });
    expect(revertButton(promoted, 'v2')?.whyNot).toBeUndefined();
    expect(revertButton(promoted, 'v3')?.whyNot).toMatch(/v3 is the champion now/);
    expect(revertButton({ ...promoted, revertedAt: '2026-01-01T00:00:00Z' }, 'v1')).toBeUndefined();
    expect(revertButton(rollout, 'v1')).toBeUndefined();
  });
});
