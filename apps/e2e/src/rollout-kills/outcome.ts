import type { ReadRecord } from '@ratchet/testing';
import type { KillStack } from './kill-stack.js';
import { MODEL } from './scripts.js';

/** All that a rollout leaves behind, without what is different each time. */
export interface Outcome {
  readonly transitions: readonly unknown[];
  readonly routing: readonly unknown[];
  readonly tallies: readonly unknown[];
  readonly experiments: readonly unknown[];
  readonly target: readonly unknown[];
  /** By topic: what its readers see once they have dropped repeats, in order. */
  readonly published: Readonly<Record<string, readonly unknown[]>>;
}

const times = /(?:At|Since|From|Ms|_at|until)$/u;

/** Names of the target, ids derived from them, and times have no place in a comparison. */
const withoutNames = (value: unknown, workload: string, ids: Map<string, string>): unknown => {
  if (typeof value === 'string') return (ids.get(value) ?? value).replaceAll(workload, 'TARGET');
  if (Array.isArray(value)) return value.map((one) => withoutNames(one, workload, ids));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value instanceof Date ? 'TIME' : value;
  return Object.fromEntries(Object.entries(value).filter(([name, one]) => name !== 'offsets' && !(times.test(name) && (typeof one === 'number' || typeof one === 'string'))).map(([name, one]) => [name, withoutNames(one, workload, ids)]));
};

export const outcomeOf = async (stack: KillStack, workload: string, topics: ReadonlyMap<string, readonly ReadRecord[]>): Promise<Outcome> => {
  const key = `${MODEL}/${workload}`;
  const rollouts = await stack.query<{ id: string }>('select rollout_id as id from rollouts where target = $1 order by queue_number', [key]);
  const ids = new Map(rollouts.map(({ id }, i) => [id, `rollout ${i}`]));
  const rows = async (sql: string): Promise<unknown[]> => (await stack.query(sql, [key])).map((row) => withoutNames(row, workload, ids));
  const published: Record<string, unknown[]> = {};
  for (const [topic, records] of topics) {
    const seen = new Set<string>();
    published[topic] = records
      .filter((record) => record.key === key && !seen.has(record.headers['ce_id'] ?? '') && seen.add(record.headers['ce_id'] ?? ''))
      .map(({ headers, value }) => ({ type: headers['ce_type'], data: withoutNames(JSON.parse(String(value)), workload, ids) }));
  }
  return {
    transitions: await rows(`select (dense_rank() over (order by r.queue_number))::int as rollout, t.sequence, from_state, to_state, actor, reason, metric, command_id, after, evidence, stages, formula_version
      from rollout_transitions t join rollouts r using (rollout_id) where target = $1 order by r.queue_number, t.sequence`),
    routing: await rows('select revision, body, actor, reason from routing_revisions where target = $1 order by revision'),
    tallies: await rows('select t.* from arm_tallies t join rollouts r using (rollout_id) where target = $1 order by r.queue_number, stage, arm'),
    experiments: await rows(`select t.sequence, from_state, to_state, actor, reason, command_id, after, formula_version, x.units, x.failed from experiment_transitions t join experiments e using (experiment_id)
      left join experiment_tallies x on x.experiment_id = e.experiment_id and x.arm = 'treatment' where target = $1 order by e.queue_number, t.sequence`),
    target: await rows('select champion, previous_champion, revision, automation_held from targets where target = $1'),
    published,
  };
};

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object';

/** The first place where two values differ, as a path; undefined where they are the same. */
export const firstDifference = (expected: unknown, found: unknown, path = ''): string | undefined => {
  if (!isTree(expected) || !isTree(found)) return Object.is(expected, found) ? undefined : `${path}: ${JSON.stringify(found)} in place of ${JSON.stringify(expected)}`;
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const difference = firstDifference(expected[name], found[name], path === '' ? name : `${path}.${name}`);
    if (difference !== undefined) return difference.slice(0, 1_000);
  }
  return undefined;
};

/** Champion, candidate and shares: all that a revision can change for a request. */
const servedBy = ({ revision: _, changedAt: __, ...served }: Readonly<Record<string, unknown>>): string => JSON.stringify(served);

/** What holds of every run by itself: revisions without a gap, each of which changes something. */
export const broken = ({ routing }: Pick<Outcome, 'routing'>): string[] => {
  const rows = routing as { revision: number; body: Readonly<Record<string, unknown>> }[];
  const revisions = rows.map(({ revision }) => revision);
  const problems: string[] = [];
  if (revisions.some((revision, i) => revision !== i + 1)) problems.push(`revisions are ${revisions.join(', ')}`);
  const idle = rows.filter(({ body }, i) => i > 0 && servedBy(body) === servedBy(rows[i - 1]?.body ?? {}));
  if (idle.length > 0) problems.push(`revisions ${idle.map(({ revision }) => revision).join(', ')} change nothing`);
  return problems;
};
