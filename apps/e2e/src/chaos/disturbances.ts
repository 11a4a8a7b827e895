import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '@ratchet/testing';
import type { ChaosStack } from './chaos-stack.js';
import { untilMembers } from './groups.js';
import type { ManagedService } from './managed-service.js';

export interface Scene {
  readonly stack: ChaosStack;
  readonly fleet: readonly ManagedService[];
  readonly say: (text: string) => void;
}

export interface Interruptions {
  brokerKills: number;
  databaseStops: number;
  databaseKills: number;
  zombies: number;
}

/** A group notices a silent member after its session has timed out, and may be moving already when that happens. */
const MOVED_WITHIN_MS = 90_000;

const detectorsOf = (fleet: readonly ManagedService[]): [ManagedService, ManagedService] => {
  const [first, second] = fleet.filter(({ options }) => options.service === 'signal-detector');
  if (!first || !second) throw new Error('a zombie needs two detectors');
  return [first, second];
};

/** A detector that owns partitions stands still until the other one has them all, and then goes on as if nothing had happened. */
export const raiseZombie = async ({ fleet, say }: Scene, { killOther }: { killOther: boolean }): Promise<void> => {
  const [zombie, other] = detectorsOf(fleet);
  await Promise.all([zombie.untilReady(), other.untilReady()]);
  const shares = await untilMembers(2, MOVED_WITHIN_MS);
  if (shares.some(({ partitions }) => partitions.length === 0)) throw new Error('a detector without a partition cannot become a zombie');
  say(`${zombie.name} stands still while it owns partitions`);
  zombie.suspend();
  try {
    if (killOther) other.kill();
    const [heir] = await untilMembers(1, MOVED_WITHIN_MS);
    say(`the other one has ${heir?.partitions.length} partitions; the zombie goes on`);
  } finally {
    zombie.resume();
  }
};

/** Kills one process at random moments, each time it has come up again, `kills` times. */
export const killOften = async (service: ManagedService, { kills, meanGapMs, random, held }: { kills: number; meanGapMs: number; random: SeededRandom; held: () => Promise<void> }): Promise<void> => {
  while (service.kills < kills) {
    await held();
    await service.untilReady();
    // Up to twice the mean: some die as they come up, some in the middle of long work.
    await wait(random.between(0, 2 * meanGapMs));
    await held();
    service.kill();
  }
};

const AWAY_MS = { least: 500, most: 4_000 };

/**
 * Broker and database go away and come back, spread over `overMs`. The broker is killed only: a lone one that is stopped in order may complete
 * a transaction without its markers, which no client can mend (docs/concepts/delivery.md, limits).
 */
export const interruptStack = async ({ stack, say }: Scene, { rounds, overMs, random, counts }: { rounds: number; overMs: number; random: SeededRandom; counts: Interruptions }): Promise<void> => {
  const kinds = [
    ['brokerKills', 'kafka', 'SIGKILL'],
    ['databaseStops', 'postgres', 'SIGINT'],
    ['brokerKills', 'kafka', 'SIGKILL'],
    ['databaseKills', 'postgres', 'SIGKILL'],
  ] as const;
  const gapMs = overMs / (rounds * kinds.length + 1);
  for (let round = 0; round < rounds; round += 1) {
    for (const [count, service, signal] of kinds) {
      await wait(gapMs);
      say(`${service}: ${signal}`);
      await stack.interrupt(service, { signal, awayMs: random.between(AWAY_MS.least, AWAY_MS.most) });
      counts[count] += 1;
    }
  }
};
