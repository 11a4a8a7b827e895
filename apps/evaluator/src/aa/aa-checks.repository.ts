import { Injectable } from '@nestjs/common';
import type { Target } from '@ratchet/domain';
import type { Queryable } from '../persistence/queryable.js';
import type { AaAssessment } from './assess-aa.js';

const KEPT_DAYS = 400;

/** A champion that is to be judged against itself. */
export interface DueCheck extends Target {
  readonly versionId: string;
  /** `promotion`: this champion has never been checked; `schedule`: the last check is too long ago. */
  readonly trigger: 'promotion' | 'schedule';
}

export interface FinishedCheck extends DueCheck, AaAssessment {
  readonly checkId: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The alert that this check raised. */
  readonly alertId: string | null;
}

/** Results of A/A checks, and the alerts that they raised. */
@Injectable()
export class AaChecksRepository {
  /**
   * Champions whose check is due, of one target where one is given. A version that was first without a promotion is due when it has
   * been there for the whole interval; a check that could not be completed is made up for within a day.
   */
  async due(db: Queryable, { everyMs, target }: { everyMs: number; target?: Target }): Promise<DueCheck[]> {
    return db.query<DueCheck>(
      `with targets as (
         select model, workload, (array_agg(version_id order by ordinal, published_at))[1] as first_version, min(published_at) as since
           from versions where $2::text is null or (model = $2 and workload = $3) group by model, workload),
       champion as (
         select t.model, t.workload, t.since, coalesce(c.version_id, t.first_version) as version_id,
                c.version_id is not null and not exists (select from aa_checks a where a.model = t.model and a.workload = t.workload and a.version_id = c.version_id) as is_new
           from targets t left join champions c using (model, workload)),
       latest as (select distinct on (model, workload) model, workload, outcome, finished_at from aa_checks order by model, workload, finished_at desc)
       select model, workload, c.version_id as "versionId", case when c.is_new then 'promotion' else 'schedule' end as trigger
         from champion c left join latest l using (model, workload)
        where c.is_new or coalesce(l.finished_at, c.since) < now() - case when l.outcome = 'incomplete' then least($1 * interval '1 ms', interval '1 day') else $1 * interval '1 ms' end
        order by model, workload`,
      [everyMs, target?.model ?? null, target?.workload ?? null],
    );
  }

  async save(tx: Queryable, check: FinishedCheck): Promise<void> {
    const { checkId, model, workload, versionId, trigger, outcome, scored, faults, findings, message, startedAt, finishedAt, alertId } = check;
    await tx.query(
      `insert into aa_checks (check_id, model, workload, version_id, trigger, outcome, scored, faults, findings, message, started_at, finished_at, alert_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13)`,
      [checkId, model, workload, versionId, trigger, outcome, scored, faults, JSON.stringify(findings), message, startedAt, finishedAt, alertId],
    );
    await tx.query(`delete from aa_checks where model = $1 and workload = $2 and finished_at < now() - make_interval(days => $3) and (alert_id is null or alert_resolved_at is not null)`, [model, workload, KEPT_DAYS]);
  }

  /** The alert of a target that is still open. */
  async openAlert(tx: Queryable, { model, workload }: Target): Promise<string | undefined> {
    const [row] = await tx.query<{ alertId: string }>(`select alert_id as "alertId" from aa_checks where model = $1 and workload = $2 and alert_id is not null and alert_resolved_at is null`, [model, workload]);
    return row?.alertId;
  }

  async resolveAlert(tx: Queryable, alertId: string, resolvedAt: string): Promise<void> {
    await tx.query('update aa_checks set alert_resolved_at = $2 where alert_id = $1', [alertId, resolvedAt]);
  }
}
