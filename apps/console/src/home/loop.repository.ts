import type { BoundedCount, Loop } from '@ratchet/console-api';
import type { CandidateJudged, RoutingChanged } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;

/** Counts go no further: beyond it, the number says nothing more. */
const COUNT_MAX = 1_000;
const TARGETS_MAX = 100;
const DATASETS_SEEN = 200;

export const boundedCount = async (db: Queries, from: string): Promise<BoundedCount> => {
  const [row] = await db.query<{ n: number }>(`select count(*)::int as n from (select 1 from ${from} limit ${COUNT_MAX + 1}) as counted`);
  const n = row?.n ?? 0;
  return { count: Math.min(n, COUNT_MAX), isMore: n > COUNT_MAX };
};

/** States of cycles whose examples wait again for the next one. */
const FREED = ['training failed', 'insufficient', 'superseded', 'cancelled'];

const examplesWaiting = async (db: Queries): Promise<number> => {
  const [row] = await db.query<{ n: number }>(
    `select coalesce(sum((d.body->>'trainCount')::int), 0)::int as n
     from (select dataset_id, body from datasets where purpose = 'training' order by versioned_at desc, dataset_id desc limit $1) as d
     where not exists (select 1 from cycle_datasets cd join cycles c using (cycle_id) where cd.dataset_id = d.dataset_id and not c.state = any($2::text[]))`,
    [DATASETS_SEEN, FREED],
  );
  return row?.n ?? 0;
};

const openFailures = async (db: Queries): Promise<number> => {
  const [row] = await db.query<{ n: number }>(`select coalesce(sum((body->>'size')::int), 0)::int as n from (select body from opportunities where closed is null limit ${COUNT_MAX}) as open`);
  return row?.n ?? 0;
};

const lastVerdict = async (db: Queries): Promise<Loop['lastVerdict']> => {
  const [row] = await db.query<{ body: CandidateJudged; at: Date }>(`select body, happened_at as at from decisions where kind = 'verdict' order by happened_at desc limit 1`);
  if (!row) return null;
  const { model, workload, version, outcome, gates, cycleId } = row.body;
  const failedGates = gates.filter(({ required, verdict }) => required && verdict !== 'passed').map(({ name, verdict }) => ({ name, verdict }));
  return { model, workload, version, outcome, cycleId, judgedAt: row.at.toISOString(), failedGates };
};

/** What waits and what runs in each part of the loop. */
export const readLoop = async (db: Queries): Promise<Loop> => {
  const [openOpportunities, failures, examples, reviewsWaiting, cycles, verdict, rollouts, targets] = await Promise.all([
    boundedCount(db, 'opportunities where closed is null'),
    openFailures(db),
    examplesWaiting(db),
    boundedCount(db, `review_items where state = 'waiting'`),
    db.query<{ state: string; count: number }>(`select state, count(*)::int as count from cycles where ended_at is null group by state order by state`),
    lastVerdict(db),
    db.query<Loop['rollouts'][number] & Record<string, unknown>>(
      `select rollout_id as "rolloutId", model, workload, version, state, stage, share from rollouts where is_open order by stage desc, started_at limit ${TARGETS_MAX}`,
    ),
    db.query<{ routing: RoutingChanged }>(`select routing from targets order by model, workload limit ${TARGETS_MAX}`),
  ]);
  return {
    openOpportunities,
    openFailures: failures,
    examplesWaiting: examples,
    reviewsWaiting,
    cycles,
    lastVerdict: verdict,
    rollouts,
    targets: targets.map(({ routing: { model, workload, champion, candidate, share, stage } }) => ({ model, workload, champion, candidate: candidate ?? null, share, stage })),
  };
};
