import { describe, expect, it } from '@jest/globals';
import { relevantContext } from './relevant-context.js';

const others = Array.from({ length: 100 }, (_, i) => `Article ${i} about garden furniture, part ${i}.`);
const delivery = 'Delivery. Parcels arrive within three working days.';
const refund = 'Refunds. Money is paid back within a week of the return.';

describe('relevantContext', () => {
  it('finds the texts that question and answer are about, among many', () => {
    const found = relevantContext({ context: [...others, delivery, refund], query: 'When do parcels arrive?', response: 'Money is paid back within a week.' });
    expect(found).toContain(delivery);
    expect(found).toContain(refund);
    expect(found.length).toBeLessThanOrEqual(10);
  });

  it('leaves a few as they are', () => {
    expect(relevantContext({ context: [others[0] ?? '', delivery], query: 'x', response: 'y' })).toEqual([others[0], delivery]);
  });
});
