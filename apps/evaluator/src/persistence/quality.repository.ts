import { Injectable } from '@nestjs/common';
import type { Interaction, Target } from '@ratchet/domain';
import type { QualityWindow } from '../quality/decide-alert.js';
import type { EvaluatorName, QualityScore } from '../quality/evaluators.js';
import type { Queryable } from './queryable.js';

/** Scores and reasons of sampled interactions (never their text), and the alerts on them. */
@Injectable()
export class QualityRepository {
  /** False where this interaction was evaluated before. */
  async save(tx: Queryable, { interaction, scores, evaluatedAt }: { interaction: Interaction; scores: readonly QualityScore[]; evaluatedAt: string }): Promise<boolean> {
    const scoreOf = (name: EvaluatorName): number | null => scores.find(({ evaluator }) => evaluator === name)?.score ?? null;
    const explanations = Object.fromEntries(scores.map(({ evaluator, explanation }) => [evaluator, explanation]));
    const rows = await tx.query(
      `insert into quality_evaluations (interaction_id, model, workload, version_id, relevance, factuality, safety, format, explanations, evaluated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10) on conflict do nothing returning interaction_id`,
      [
        interaction.interactionId, interaction.model, interaction.workload, interaction.version, scoreOf('relevance'), scoreOf('factuality'), scoreOf('safety'), scoreOf('format'),
        JSON.stringify(explanations), evaluatedAt,
      ],
    );
    return rows.length > 0;
  }

  /** Mean and number of each evaluator's scores in the last `size` evaluations of a target. */
  async windows(tx: Queryable, { model, workload, size }: Target & { size: number }): Promise<Map<EvaluatorName, QualityWindow>> {
    const [row] = await tx.query<Record<string, number | null>>(
      `select avg(relevance) as relevance, count(relevance)::int as relevance_n, avg(factuality) as factuality, count(factuality)::int as factuality_n,
              avg(safety) as safety, count(safety)::int as safety_n, avg(format) as format, count(format)::int as format_n
         from (select relevance, factuality, safety, format from quality_evaluations where model = $1 and workload = $2 order by sequence desc limit $3) as recent`,
      [model, workload, size],
    );
    const names: readonly EvaluatorName[] = ['relevance', 'factuality', 'safety', 'format'];
    return new Map(names.map((name) => [name, { mean: row?.[name] ?? 0, samples: row?.[`${name}_n`] ?? 0 }]));
  }

  async openAlert(tx: Queryable, { model, workload, evaluator }: Target & { evaluator: EvaluatorName }): Promise<string | undefined> {
    const [row] = await tx.query<{ alert_id: string }>('select alert_id from quality_alerts where model = $1 and workload = $2 and evaluator = $3 and resolved_at is null', [model, workload, evaluator]);
    return row?.alert_id;
  }

  /** False where another instance raised it first. */
  async raise(tx: Queryable, { alertId, model, workload, evaluator, raisedAt }: Target & { alertId: string; evaluator: EvaluatorName; raisedAt: string }): Promise<boolean> {
    const rows = await tx.query(
      `insert into quality_alerts (alert_id, model, workload, evaluator, raised_at) values ($1, $2, $3, $4, $5)
       on conflict (model, workload, evaluator) where resolved_at is null do nothing returning alert_id`,
      [alertId, model, workload, evaluator, raisedAt],
    );
    return rows.length > 0;
  }

  async resolve(tx: Queryable, { alertId, resolvedAt }: { alertId: string; resolvedAt: string }): Promise<boolean> {
    const rows = await tx.query('update quality_alerts set resolved_at = $2 where alert_id = $1 and resolved_at is null returning alert_id', [alertId, resolvedAt]);
    return rows.length > 0;
  }

  async prune(db: Queryable, olderThanDays: number): Promise<void> {
    await db.query('delete from quality_evaluations where evaluated_at < now() - make_interval(days => $1)', [olderThanDays]);
  }
}
