import { setTimeout as wait } from 'node:timers/promises';
import { topicOf } from '@ratchet/contracts';
import { routingChanged, versionPromoted } from '@ratchet/domain';
import { readAll } from '@ratchet/testing';
import { kafkaDoor } from '../chaos/doors.js';
import type { Door } from '../chaos/doors.js';
import type { DeathWarrant } from './death-warrant.js';
import { KillStack, workloadOf } from './kill-stack.js';
import { broken, firstDifference, outcomeOf } from './outcome.js';
import type { Outcome } from './outcome.js';
import { MODEL, scripts } from './scripts.js';
import type { Script, Step } from './scripts.js';

export interface RolloutKillsOptions {
  readonly root: string;
  readonly dataDir: string;
  /** Controllers that run at once. */
  readonly instances: number;
  /** Every n-th write of a step only. */
  readonly every: number;
  readonly say: (text: string) => void;
}

export interface RolloutKillsReport {
  readonly seconds: number;
  readonly rollouts: number;
  /** By write: how often a process died just before and just after it. */
  readonly kills: Readonly<Record<string, { before: number; after: number }>>;
  readonly writes: Readonly<Record<string, readonly string[]>>;
  /** Events that Kafka holds twice, by the same id. */
  readonly repeats: number;
  readonly differences: readonly string[];
}

const DONE_WITHIN_MS = 120_000;

/** Runs scripts of events against the service, each on a target of its own, and kills it on the way. */
class RolloutKills {
  readonly kills: Record<string, { before: number; after: number }> = {};
  private readonly door: Door = kafkaDoor(() => undefined);
  private warrants = 0;

  constructor(
    private readonly stack: KillStack,
    private readonly say: (text: string) => void,
  ) {}

  /** Kills once in each step, as long as it has so many writes; returns the writes of each step. */
  async run(script: Script, { workload, at, when }: { workload: string } & Omit<DeathWarrant, 'id'>): Promise<string[][]> {
    const target = { model: MODEL, workload };
    const writes: string[][] = [];
    for (const step of script.steps) {
      const id = `${(this.warrants += 1)}`;
      const open = await this.stack.query<{ id: string }>(`select rollout_id as id from rollouts where target = $1 and has_traffic`, [`${MODEL}/${workload}`]);
      this.stack.arm({ id, at, when });
      const events = step.events({ target, rolloutId: open[0]?.id ?? '' });
      await this.door.send(events);
      await this.untilDone({ step, workload, ids: events.map((event) => event.id) });
      this.stack.disarm();
      writes.push(this.stack.writesUnder(id));
    }
    return writes;
  }

  async close(): Promise<void> {
    await this.door.close();
  }

  private async untilDone({ step, workload, ids }: { step: Step; workload: string; ids: readonly string[] }): Promise<void> {
    const key = `${MODEL}/${workload}`;
    let buried = !this.stack.isArmed;
    for (const until = Date.now() + DONE_WITHIN_MS; ; await wait(30)) {
      if (!buried && !this.stack.isArmed) {
        buried = true;
        await this.stack.bury();
        await this.stack.untilReady();
      }
      const [found] = await this.stack.query<{ received: number; waiting: number; rollouts: string[] }>(
        `select (select count(*)::int from inbox where event_id = any($1)) as received, (select count(*)::int from outbox) as waiting,
           array(select version || ' ' || status || ' ' || stage from rollouts where target = $2 order by queue_number)
             || array(select treatment || ' ' || status from experiments where target = $2 order by queue_number) as rollouts`,
        [ids, key],
      );
      if (found?.received === ids.length && found.waiting === 0 && found.rollouts.join() === step.leadsTo.join()) return;
      if (Date.now() > until) throw new Error(`${workload}: "${step.name}" led to ${JSON.stringify(found)} in place of ${JSON.stringify(step.leadsTo)}`);
    }
  }

  count(script: Script, writes: readonly (readonly string[])[], { at, when }: Pick<DeathWarrant, 'at' | 'when'>): void {
    script.steps.forEach((step, i) => {
      const label = writes[i]?.[at - 1];
      if (label === undefined) return;
      const kills = (this.kills[label] ??= { before: 0, after: 0 });
      kills[when] += 1;
      this.say(`${script.name}, "${step.name}": died ${when} write ${at} (${label})`);
    });
  }
}

/** A target for each run: what it came to is looked at when all are over. */
interface Run {
  readonly script: Script;
  readonly workload: string;
}

const findOut = async (stack: KillStack, runs: readonly Run[]): Promise<{ repeats: number; differences: string[] }> => {
  const topics = new Map(await Promise.all([routingChanged, versionPromoted].map((event) => topicOf(event).name).map(async (topic) => [topic, await readAll(topic)] as const)));
  const expected = new Map<string, Outcome>();
  const differences: string[] = [];
  for (const { script, workload } of runs) {
    const outcome = await outcomeOf(stack, workload, topics);
    const undisturbed = expected.get(script.name);
    if (!undisturbed) expected.set(script.name, outcome);
    const difference = undisturbed && firstDifference(undisturbed, outcome);
    differences.push(...[...broken(outcome), ...(difference === undefined ? [] : [difference])].map((text) => `${workload}: ${text}`));
  }
  const all = [...topics.values()].flat();
  return { repeats: all.length - new Set(all.map(({ headers }) => headers['ce_id'])).size, differences };
};

const most = (writes: readonly (readonly string[])[]): number => Math.max(...writes.map((list) => list.length));

/** Each script once undisturbed, then again with a death before and after every write of every step. */
export const runRolloutKills = async ({ root, dataDir, instances, every, say }: RolloutKillsOptions): Promise<RolloutKillsReport> => {
  const startedAt = Date.now();
  const stack = new KillStack({ root, dataDir, instances, say });
  try {
    await stack.start();
    const work = new RolloutKills(stack, say);
    const runs: Run[] = [];
    const writes: Record<string, string[]> = {};
    for (const script of scripts) {
      const nobody = { at: 0, when: 'before' } as const;
      const undisturbed = await work.run(script, { workload: workloadOf(script.name, nobody), ...nobody });
      runs.push({ script, workload: workloadOf(script.name, nobody) });
      script.steps.forEach((step, i) => (writes[`${script.name}: ${step.name}`] = undisturbed[i] ?? []));
      for (let at = 1; at <= most(undisturbed); at += every) {
        for (const when of ['before', 'after'] as const) {
          const workload = workloadOf(script.name, { at, when });
          const seen = await work.run(script, { workload, at, when });
          runs.push({ script, workload });
          work.count(script, seen, { at, when });
        }
      }
    }
    await work.close();
    return { seconds: Math.round((Date.now() - startedAt) / 1_000), rollouts: runs.length, kills: work.kills, writes, ...(await findOut(stack, runs)) };
  } finally {
    await stack.stop();
  }
};
