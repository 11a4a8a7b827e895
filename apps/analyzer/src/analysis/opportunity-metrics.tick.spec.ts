import { expect, it } from '@jest/globals';
import { Metrics } from '@ratchet/observability';
import { OpportunityMetricsTick } from './opportunity-metrics.tick.js';

it('shows open and closed weaknesses, as they are at each look', async () => {
  const metrics = new Metrics();
  const looks = [{ open: 3, closed: 1 }, { open: 0, closed: 4 }];
  const tick = new OpportunityMetricsTick({ query: async () => looks.splice(0, 1) as never }, metrics);
  await tick.tick();
  expect(await metrics.registry.metrics()).toMatch(/state="open"\} 3\n.*state="closed"\} 1/u);
  await tick.tick();
  expect(await metrics.registry.metrics()).toMatch(/state="open"\} 0\n.*state="closed"\} 4/u);
});
