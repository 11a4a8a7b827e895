import { describe, expect, it } from '@jest/globals';
import { checkStructured, toStructured } from '@ratchet/contracts';
import { adoptCommand, orderCommand, orders } from './command-events.js';
import type { Order, OrderSubject } from './command-events.js';

const target = { model: 'assistant', workload: 'default' };
const person = { actor: 'ann', reason: 'it is time' };

describe('command events', () => {
  it.each(Object.keys(orders) as Order[])('make a valid event of %s, in the name of a person', (order) => {
    const subjects: Partial<Record<Order, OrderSubject>> = {
      approve: { version: 'v2-12345678' }, reject: { version: 'v2-12345678' }, diagnose: { opportunity: 'o1', rootCause: 'knowledge_gap' }, dismiss: { opportunity: 'o1' },
    };
    const event = orderCommand({ order, target, subject: subjects[order] ?? {}, person });
    expect(checkStructured(toStructured(event)).ok).toBe(true);
    expect(event.data).toMatchObject({ name: orders[order], ...target, ...person });
  });

  it('adopt a version of any provider', () => {
    const event = adoptCommand(target, { provider: { name: 'embedded', model: 'base@1' }, systemPrompt: 'Be brief.' }, person);
    expect(checkStructured(toStructured(event)).ok).toBe(true);
  });

  it('need the version where a candidate is meant, and take none elsewhere', () => {
    expect(() => orderCommand({ order: 'approve', target, subject: {}, person })).toThrow(/needs --version/);
    expect(() => orderCommand({ order: 'pause', target, subject: { version: 'v2' }, person })).toThrow(/takes no --version/);
  });

  it('approve what was looked at, where it is named', () => {
    const approve = (subject: OrderSubject): unknown => orderCommand({ order: 'approve', target, subject: { version: 'v2', ...subject }, person }).data;
    expect(approve({ stage: '1', evidence: '7' })).toMatchObject({ name: 'candidate.approve', stage: 1, evidence: 7 });
    expect(approve({})).not.toHaveProperty('evidence');
    expect(() => approve({ evidence: 'the last' })).toThrow(/--evidence is a whole number/);
    expect(() => orderCommand({ order: 'reject', target, subject: { version: 'v2', stage: '1' }, person })).toThrow(/takes no --stage/);
  });

  it('need an opportunity and a root cause that there is where a person diagnoses', () => {
    expect(() => orderCommand({ order: 'diagnose', target, subject: { opportunity: 'o1' }, person })).toThrow(/needs --root-cause, one of knowledge_gap/);
    expect(() => orderCommand({ order: 'diagnose', target, subject: { opportunity: 'o1', rootCause: 'gremlins' }, person })).toThrow(/--root-cause is one of/);
    expect(() => orderCommand({ order: 'dismiss', target, subject: {}, person })).toThrow(/needs --opportunity/);
    expect(() => orderCommand({ order: 'hold', target, subject: { opportunity: 'o1' }, person })).toThrow(/takes no --opportunity/);
  });

  it('are never without a reason', () => {
    expect(() => orderCommand({ order: 'pause', target, subject: {}, person: { actor: 'ann', reason: '' } })).toThrow(/reason/);
  });
});
