import type { Target } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';

export interface SupersededCycle {
  readonly cycleId: string;
  readonly endedAt: Date;
}

/**
 * Cycles that were made from the present champion and superseded all the same, since the last one that was judged otherwise, oldest first. Where another version had
 * just been promoted, there is none as soon as that is known here; where there stay some, somebody else holds another version to be the champion.
 */
export const supersededInRow = (db: Pick<Database, 'query'>, { model, workload }: Target): Promise<SupersededCycle[]> =>
  db.query<SupersededCycle & Record<string, unknown>>(
    `with made as (
       select c.cycle_id, c.state, c.ended_at from targets t join cycles c on c.model = t.model and c.workload = t.workload and c.base_version = t.champion and c.ended_at > t.champion_since
       where t.model = $1 and t.workload = $2)
     select cycle_id as "cycleId", ended_at as "endedAt" from made
     where state = 'superseded' and ended_at > coalesce((select max(ended_at) from made where state in ('promoted', 'rejected', 'insufficient', 'rolled_back')), '-infinity')
     order by ended_at, cycle_id`,
    [model, workload],
  );
