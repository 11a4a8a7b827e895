import { type CandidateJudged, type Command, targetKey, type VersionPromoted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { RolloutState } from '../rollout/rollout-state.js';

/** What a person says of a candidate. */
export type CandidateDecision = Extract<Command, { name: 'candidate.approve' | 'candidate.reject' }>;

/** A decision on a version that nobody ever judges is forgotten. */
const KEPT_DAYS = 30;

export const storeVerdict = async (tx: Transaction, { model, workload, version, cycleId, outcome, awaits, judgedAt, gates, message }: CandidateJudged): Promise<void> => {
  await tx.query(`insert into verdicts (target, version, cycle_id, outcome, awaits, judged_at, gates, message) values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) on conflict do nothing`, [
    targetKey({ model, workload }), version, cycleId, outcome, awaits ?? null, judgedAt, JSON.stringify(gates), message,
  ]);
};

/** What the gates said of a candidate; undefined where that was read before it was kept whole. */
export const findVerdict = async (tx: Transaction, { target, version, cycleId }: Pick<RolloutState, 'target' | 'version' | 'cycleId'>): Promise<VersionPromoted['verdict']> => {
  const [row] = await tx.query<Pick<CandidateJudged, 'outcome' | 'gates' | 'message'> & { judgedAt: Date }>(
    `select outcome, gates, message, judged_at as "judgedAt" from verdicts where target = $1 and version = $2 and cycle_id = $3 and gates is not null and message is not null`,
    [targetKey(target), version, cycleId],
  );
  return row && { ...row, judgedAt: row.judgedAt.toISOString() };
};

/** Why no rollout of a version can be decided about, from its verdict and how its rollout ended; undefined where no verdict has been read. */
export const whyNotOpen = async (tx: Transaction, target: string, version: string): Promise<string | undefined> => {
  const [row] = await tx.query<{ outcome: string; awaits: string | null; status: string | null; reason: string | null }>(
    `select v.outcome, v.awaits, r.status, (select t.reason from rollout_transitions t where t.rollout_id = r.rollout_id order by t.sequence desc limit 1) as reason
     from verdicts v left join rollouts r using (target, version, cycle_id) where v.target = $1 and v.version = $2 order by v.judged_at desc limit 1`,
    [target, version],
  );
  if (!row) return undefined;
  if (row.status !== null) return `its rollout is over: ${row.status}${row.reason === null ? '' : `, ${row.reason}`}`;
  return row.awaits === null ? `the gates' verdict on it is ${row.outcome}` : `the gates' verdict on it is ${row.outcome} and waits for ${row.awaits}`;
};

export const keepDecision = async (tx: Transaction, target: string, command: CandidateDecision, at: number): Promise<void> => {
  await tx.query(`delete from early_decisions where kept_at < $1`, [new Date(at - KEPT_DAYS * 86_400_000)]);
  await tx.query(`insert into early_decisions (command_id, target, version, command, kept_at) values ($1, $2, $3, $4::jsonb, $5) on conflict do nothing`, [
    command.commandId, target, command.version, JSON.stringify(command), new Date(at),
  ]);
};

/** As they came; they are kept no longer. */
export const takeDecisions = async (tx: Transaction, target: string, version: string): Promise<CandidateDecision[]> =>
  (
    await tx.query<{ command: CandidateDecision }>(
      `with taken as (delete from early_decisions where target = $1 and version = $2 returning queue_number, command) select command from taken order by queue_number`,
      [target, version],
    )
  ).map(({ command }) => command);
