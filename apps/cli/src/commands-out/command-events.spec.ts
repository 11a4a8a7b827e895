import { describe, expect, it } from '@jest/globals';
import { checkStructured, toStructured } from '@ratchet/contracts';
import { adoptCommand, orderCommand, orders } from './command-events.js';
import type { Order } from './command-events.js';

const target = { model: 'assistant', workload: 'default' };
const person = { actor: 'ann', reason: 'it is time' };

describe('command events', () => {
  it.each(Object.keys(orders) as Order[])('make a valid event of %s, in the name of a person', (order) => {
    const version = ['approve', 'reject'].includes(order) ? 'v2-12345678' : undefined;
    const event = orderCommand({ order, target, version, person });
    expect(checkStructured(toStructured(event)).ok).toBe(true);
    expect(event.data).toMatchObject({ name: orders[order], ...target, ...person });
  });

  it('adopt a version of any provider', () => {
    const event = adoptCommand(target, { provider: { name: 'embedded', model: 'base@1' }, systemPrompt: 'Be brief.' }, person);
    expect(checkStructured(toStructured(event)).ok).toBe(true);
  });

  it('need the version where a candidate is meant, and take none elsewhere', () => {
    expect(() => orderCommand({ order: 'approve', target, version: undefined, person })).toThrow(/needs --version/);
    expect(() => orderCommand({ order: 'pause', target, version: 'v2', person })).toThrow(/takes no --version/);
  });

  it('are never without a reason', () => {
    expect(() => orderCommand({ order: 'pause', target, version: undefined, person: { actor: 'ann', reason: '' } })).toThrow(/reason/);
  });
});
