import { Injectable } from '@nestjs/common';
import type { Target } from '@ratchet/domain';
import { driftStateSchema } from '../quality/alerts/decide-drift.js';
import type { DriftState } from '../quality/alerts/decide-drift.js';
import { streamOf } from '../quality/evaluators/quality-evaluator.js';
import type { EvaluatorName } from '../quality/evaluators/quality-evaluator.js';
import type { ScoreSeries } from './quality.repository.js';
import type { Queryable } from './queryable.js';

/** One evaluator's scores on one version. */
export interface ScoreStream extends ScoreSeries {
  readonly version: string;
}

export interface StoredStream {
  readonly state: DriftState;
  /** The version was promoted: what is usual is to be learnt anew. */
  readonly mustRestart: boolean;
}

export interface Incident extends ScoreSeries {
  readonly alertId: string;
  readonly name: string;
  readonly kind: 'low' | 'drift';
  readonly version: string | null;
  readonly severity: 'warning' | 'critical';
}

const key = 'model = $1 and workload = $2 and version_id = $3 and evaluator = $4 and judge = $5 and prompt = $6';
const valuesOf = ({ model, workload, version, evaluator, judge, prompt }: ScoreStream): string[] => [model, workload, version, evaluator, judge, prompt];
const incidentColumns = 'alert_id as "alertId", name, model, workload, kind, version_id as version, evaluator, judge, prompt, severity';

/** What is remembered of each stream of scores, and the alerts that are open. */
@Injectable()
export class StreamsRepository {
  async find(tx: Queryable, stream: ScoreStream): Promise<StoredStream | undefined> {
    const [row] = await tx.query<{ state: unknown; must_restart: boolean }>(`select state, must_restart from quality_streams where ${key} for update`, valuesOf(stream));
    return row && { state: driftStateSchema.parse(row.state), mustRestart: row.must_restart };
  }

  async save(tx: Queryable, stream: ScoreStream, state: DriftState): Promise<void> {
    await tx.query(
      `insert into quality_streams (model, workload, version_id, evaluator, judge, prompt, state, is_suspicious, updated_at) values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, now())
       on conflict (model, workload, version_id, evaluator, judge, prompt)
         do update set state = excluded.state, is_suspicious = excluded.is_suspicious, must_restart = false, updated_at = excluded.updated_at`,
      [...valuesOf(stream), JSON.stringify(state), state.isSuspicious],
    );
  }

  async restart(tx: Queryable, { model, workload, version }: Target & { version: string }): Promise<void> {
    await tx.query('update quality_streams set must_restart = true where model = $1 and workload = $2 and version_id = $3', [model, workload, version]);
  }

  /** Streams near a decision, by the name that the sampler knows. One that has had no score for an hour asks for no more. */
  async suspicious(db: Queryable): Promise<(Target & { version: string; name: string })[]> {
    const rows = await db.query<ScoreStream & Record<string, unknown>>(
      `select model, workload, version_id as version, evaluator, judge from quality_streams where is_suspicious and updated_at > now() - interval '1 hour'`,
    );
    return rows.map(({ model, workload, version, evaluator, judge }) => ({ model, workload, version, name: streamOf({ name: evaluator, ...(judge !== '' && { judge: { provider: judge, model: judge, prompt: judge } }) }) }));
  }

  async openIncident(tx: Queryable, { name, model, workload }: Target & { name: string }): Promise<Incident | undefined> {
    const [row] = await tx.query<Incident & Record<string, unknown>>(`select ${incidentColumns} from quality_incidents where name = $1 and model = $2 and workload = $3 and resolved_at is null`, [name, model, workload]);
    return row;
  }

  /** False where an alert of this name is open on the target already. */
  async raise(tx: Queryable, incident: Incident, raisedAt: string): Promise<boolean> {
    const { alertId, name, model, workload, kind, version, evaluator, judge, prompt, severity } = incident;
    const rows = await tx.query(
      `insert into quality_incidents (alert_id, name, model, workload, kind, version_id, evaluator, judge, prompt, severity, raised_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict do nothing returning alert_id`,
      [alertId, name, model, workload, kind, version, evaluator, judge, prompt, severity, raisedAt],
    );
    return rows.length > 0;
  }

  async resolve(tx: Queryable, alertId: string, resolvedAt: string): Promise<boolean> {
    const rows = await tx.query('update quality_incidents set resolved_at = $2 where alert_id = $1 and resolved_at is null returning alert_id', [alertId, resolvedAt]);
    return rows.length > 0;
  }

  /** Open alerts that nothing will end: on the drift of a version that was replaced, or of scores that come no more. */
  async outlived(tx: Queryable): Promise<Incident[]> {
    return tx.query<Incident & Record<string, unknown>>(
      `select ${incidentColumns} from quality_incidents i where resolved_at is null and (
         (kind = 'drift' and exists (select 1 from champions c where c.model = i.model and c.workload = i.workload and c.version_id <> i.version_id and c.since > i.raised_at))
         or not exists (select 1 from quality_streams s
                         where s.model = i.model and s.workload = i.workload and s.evaluator = i.evaluator and s.judge = i.judge and s.prompt = i.prompt
                           and (i.version_id is null or s.version_id = i.version_id) and s.updated_at > now() - interval '1 day'))`,
    );
  }

  async openIncidents(db: Queryable): Promise<readonly object[]> {
    return db.query(`select ${incidentColumns}, raised_at as "raisedAt" from quality_incidents where resolved_at is null order by raised_at`);
  }

  async streams(db: Queryable): Promise<(ScoreStream & { state: DriftState })[]> {
    const rows = await db.query<ScoreStream & { state: unknown } & Record<string, unknown>>(
      `select model, workload, version_id as version, evaluator, judge, prompt, state from quality_streams where updated_at > now() - interval '1 day' order by 1, 2, 3, 4, 5, 6`,
    );
    return rows.map((row) => ({ ...row, evaluator: row.evaluator as EvaluatorName, state: driftStateSchema.parse(row.state) }));
  }

  async prune(db: Queryable, olderThanDays: number): Promise<void> {
    await db.query('delete from quality_streams where updated_at < now() - make_interval(days => $1)', [olderThanDays]);
    await db.query('delete from quality_incidents where resolved_at < now() - make_interval(days => $1)', [olderThanDays]);
  }
}
