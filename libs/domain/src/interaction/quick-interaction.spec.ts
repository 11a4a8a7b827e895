import { describe, expect, it } from '@jest/globals';
import { interactionCompleted } from './interaction.js';
import { quickInteraction } from './quick-interaction.js';

const full = {
  interactionId: 'i1', conversationId: 'c1', userId: 'u1', workload: 'support', model: 'm', version: 'v1', input: [{ role: 'system', content: '' }, { role: 'user', content: 'Where is it?' }],
  output: { content: 'There.', finishReason: 'stop' }, error: { type: 'timeout', message: 'late' }, startedAt: '2026-03-02T09:00:00.123Z', latencyMs: 12.5, usage: { inputTokens: 3, outputTokens: 0 }, costUsd: 0.01,
  attributes: { region: 'eu', shard: 3, beta: true }, assignment: { rolloutId: 'r', stage: 0, arm: 'control', version: 'v1', overridden: false, fellBack: true },
};
const strange: readonly unknown[] = [
  null, true, 0, -1, -0, 1.5, 1e400, 2 ** 53, '', 'x', 'x'.repeat(40), 'x'.repeat(41), 'x'.repeat(200), 'x'.repeat(201), '😀'.repeat(100), '😀'.repeat(101), [], {}, [[]], { content: 'y' }, { content: 1 }, { content: 'y', more: 1 }, { role: 'user', content: 'z', name: 'n' },
  [{ role: 'user', content: 'z', name: 'n' }], [{ role: '', content: '' }], [null], { inputTokens: 1 }, { inputTokens: 1.5 }, { outputTokens: null }, { type: 't', message: 'm', code: 1 }, { nested: {} }, { a: null }, 'candidate', 'other',
  '2026-03-02T09:00:00Z', '2026-03-02T09:00:00+02:00', '2026-02-30T09:00:00Z', '2026-03-02T09:00:00.1234Z', '2026-03-02T24:00:00Z', '2026-03-02', '2026-03-02T09:00Z',
];

const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
};

/** Every place in a value where something can be put in, taken out or changed. */
const placesIn = (value: unknown): { holder: Record<string, unknown>; name: string }[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.keys(value).flatMap((name) => [{ holder: value as Record<string, unknown>, name }, ...placesIn((value as Record<string, unknown>)[name])]);

const changed = (random: (below: number) => number): unknown => {
  const data = structuredClone(full) as unknown as Record<string, unknown>;
  for (let changes = random(3); changes >= 0; changes -= 1) {
    const places = placesIn(data);
    const place = places[random(places.length)];
    if (place === undefined) continue;
    const how = random(3);
    if (how === 0) delete place.holder[place.name];
    else if (how === 1) place.holder[place.name] = structuredClone(strange[random(strange.length)]);
    else place.holder[`unknown${random(3)}`] = structuredClone(strange[random(strange.length)]);
  }
  // As from a record: no undefined, no holes, and properties in any order.
  const json = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
  return random(4) === 0 ? Object.fromEntries(Object.entries(json).reverse()) : json;
};

describe('quickInteraction', () => {
  it('takes what the schema takes, and gives what it gives, down to the order of the fields', () => {
    const random = randomFrom(11);
    let quickly = 0;
    let refused = 0;
    for (let i = 0; i < 20_000; i += 1) {
      const data = changed(random);
      const quick = quickInteraction(data);
      const { data: expected } = interactionCompleted.schema.safeParse(data);
      if (quick === undefined) {
        if (expected === undefined) refused += 1;
        continue;
      }
      quickly += 1;
      expect(JSON.stringify(quick)).toBe(JSON.stringify(expected));
    }
    expect(quickly).toBeGreaterThan(5_000);
    expect(refused).toBeGreaterThan(5_000);
  });

  it.each(strange.map((value) => [JSON.stringify(value), value]))('gives nothing, or what the schema gives, for %s as the whole', (_shown, value) => {
    expect(quickInteraction(value)).toEqual(interactionCompleted.schema.safeParse(value).data);
  });

  it('takes every field of a whole interaction, without a look at the schema', () => {
    expect(quickInteraction(full)).toStrictEqual(full);
  });
});
