import type { SeededRandom } from '@ratchet/testing';

export interface PlannedMoment<Service extends string> {
  readonly name: string;
  readonly services: readonly Service[];
}

/** One kill: at which moment of the cycle, by its place in the list, and whose. */
export interface PlannedKill<Service extends string> {
  readonly moment: number;
  readonly service: Service;
}

const KILLS_A_CYCLE_MAX = 4;

const shuffled = <Item>(items: readonly Item[], random: SeededRandom): Item[] =>
  items.map((item) => ({ item, place: random.next() })).sort((a, b) => a.place - b.place).map(({ item }) => item);

/**
 * Kills by cycle, each cycle's in the order of its moments, no moment twice. Every service is killed at each of its moments before any is killed at one
 * again; the same random numbers give the same plan.
 */
export const planKills = <Service extends string>(moments: readonly PlannedMoment<Service>[], { kills, random }: { kills: number; random: SeededRandom }): PlannedKill<Service>[][] => {
  const all = moments.flatMap(({ services }, moment) => services.map((service): PlannedKill<Service> => ({ moment, service })));
  if (all.length === 0) throw new RangeError('there is no moment at which a service could be killed');
  const drawn: PlannedKill<Service>[] = [];
  while (drawn.length < kills) drawn.push(...shuffled(all, random));
  const cycles: PlannedKill<Service>[][] = [];
  let room = 0;
  for (const kill of drawn.slice(0, kills)) {
    const current = cycles.at(-1);
    if (!current || current.length >= room || current.some(({ moment }) => moment === kill.moment)) {
      cycles.push([kill]);
      room = random.between(1, KILLS_A_CYCLE_MAX);
    } else current.push(kill);
  }
  return cycles.map((cycle) => cycle.toSorted((a, b) => a.moment - b.moment));
};
