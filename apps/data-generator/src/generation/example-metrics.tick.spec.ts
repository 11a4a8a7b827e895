import { expect, it } from '@jest/globals';
import { Metrics } from '@ratchet/observability';
import { ExampleMetricsTick } from './example-metrics.tick.js';

it('shows examples by source and state, and none of a group that is gone', async () => {
  const metrics = new Metrics();
  const looks = [[{ source: 'correction', state: 'waiting', n: 2 }, { source: 'teacher', state: 'issued', n: 5 }], [{ source: 'teacher', state: 'issued', n: 6 }]];
  const tick = new ExampleMetricsTick({ query: async () => looks.shift() as never }, metrics);
  const shown = async (): Promise<string[]> => (await metrics.registry.metrics()).match(/^ratchet_data_generator_examples\{.*$/gmu) ?? [];
  await tick.tick();
  expect(await shown()).toEqual(['ratchet_data_generator_examples{source="correction",state="waiting"} 2', 'ratchet_data_generator_examples{source="teacher",state="issued"} 5']);
  await tick.tick();
  expect(await shown()).toEqual(['ratchet_data_generator_examples{source="teacher",state="issued"} 6']);
});
