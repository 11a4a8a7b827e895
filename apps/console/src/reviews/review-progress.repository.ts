import type { ReviewAgreement, ReviewProgress, ReviewTargetProgress } from '@ratchet/console-api';
import type { Database } from '@ratchet/persistence';
import { cohenKappa, type TwoRaters } from '@ratchet/stats';

type Queries = Pick<Database, 'query'>;
/** More targets than a console shows; holders of claims likewise. */
const ROWS_MAX = 500;

interface Tally {
  readonly model: string;
  readonly workload: string;
  readonly tally: string;
  readonly items: number;
}

const NO_PAIRS: TwoRaters = { bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 };

const sum = (tallies: readonly Tally[], name: string): number => tallies.reduce((total, { tally, items }) => (tally === name ? total + items : total), 0);

export const agreementOf = (tallies: readonly Tally[]): ReviewAgreement => {
  const pairs = Object.fromEntries(Object.keys(NO_PAIRS).map((name) => [name, sum(tallies, `pair:${name}`)])) as unknown as TwoRaters;
  const n = pairs.bothYes + pairs.onlyFirst + pairs.onlySecond + pairs.bothNo;
  const agreement = cohenKappa(pairs);
  return { n, observed: n === 0 ? null : (pairs.bothYes + pairs.bothNo) / n, kappa: agreement?.kappa ?? null, lower: agreement?.lower ?? null, upper: agreement?.upper ?? null };
};

const targetsOf = (tallies: readonly Tally[]): ReviewTargetProgress[] =>
  [...Map.groupBy(tallies, ({ model, workload }) => JSON.stringify([model, workload])).values()].map((own) => {
    const { model = '', workload = '' } = own[0] ?? {};
    const count = (state: string): number => sum(own, `state:${state}`);
    return { model, workload, waiting: count('waiting'), approved: count('approved'), rejected: count('rejected'), withdrawn: count('withdrawn'), agreement: agreementOf(own) };
  });

/** Who decided how much, who holds what, and how far reviewers agree: from what is counted as items change. */
export const reviewProgress = async (db: Queries, reader: string): Promise<ReviewProgress> => {
  const tallies = await db.query<Tally & Record<string, unknown>>(
    `select model, workload, tally, items::float8 as items from review_tallies
     where (model, workload) in (select distinct model, workload from review_tallies order by 1, 2 limit ${ROWS_MAX}) order by model, workload`,
  );
  const decided = await db.query<{ decision: string; n: number }>(
    `select decision, count(*)::int as n from review_decisions where reviewer = $1 and decided_at >= date_trunc('day', now() at time zone 'utc') at time zone 'utc' group by decision`,
    [reader],
  );
  const claims = await db.query<{ reviewer: string; items: number; until: Date }>(
    `select claimed_by as reviewer, count(*)::int as items, max(claimed_until) as until from review_items
     where claimed_by is not null and claimed_until > now() group by 1 order by 2 desc, 1 limit ${ROWS_MAX}`,
  );
  const mine = (kind: string): number => decided.find(({ decision }) => decision === kind)?.n ?? 0;
  return {
    targets: targetsOf(tallies),
    agreement: agreementOf(tallies),
    mine: { approve: mine('approve'), edit: mine('edit'), reject: mine('reject'), claimed: claims.find(({ reviewer }) => reviewer === reader)?.items ?? 0 },
    claims: claims.map(({ reviewer, items, until }) => ({ reviewer, items, until: until.toISOString() })),
  };
};
