import { Injectable } from '@nestjs/common';
import { userHashOf } from '@ratchet/domain';
import type { Target } from '@ratchet/domain';
import type { QualityWindow } from '../quality/alerts/decide-alert.js';
import type { EvaluatorName } from '../quality/evaluators/quality-evaluator.js';
import { judgeColumns } from '../quality/score-row.js';
import type { ScoredInteraction, ScoreRow } from '../quality/score-row.js';
import type { Queryable } from './queryable.js';

/** Scores that are watched together: one evaluator, rule or judge, on one target. */
export interface ScoreSeries extends Target {
  readonly evaluator: EvaluatorName;
  /** `provider/model`; empty for a rule. */
  readonly judge: string;
  readonly prompt: string;
}

export interface UncountedScore extends ScoreSeries {
  readonly version: string;
  readonly interactionId: string;
  readonly score: number;
  readonly weight: number;
  readonly evaluatedAt: Date;
}

/** Scores and reasons of sampled interactions, never their text. */
@Injectable()
export class QualityRepository {
  /** False where this interaction was evaluated before. */
  async open(tx: Queryable, { interactionId, userId, model, workload, version }: ScoredInteraction, evaluatedAt: string): Promise<boolean> {
    const rows = await tx.query(
      `insert into quality_evaluations (interaction_id, model, workload, version_id, evaluated_at, user_hash) values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning interaction_id`,
      [interactionId, model, workload, version, evaluatedAt, userId === undefined ? null : userHashOf(userId)],
    );
    return rows.length > 0;
  }

  /** False where a score of the same evaluator was there before. */
  async addScores(tx: Queryable, { interactionId, model, workload, version }: ScoredInteraction, scores: readonly ScoreRow[], evaluatedAt: string): Promise<boolean> {
    if (scores.length === 0) return false;
    const rows = scores.map(({ evaluator, judge, finding, isPass, rate, weight }) => ({
      evaluator, ...judgeColumns(judge), score: finding.score, isPass, explanation: finding.explanation, rate, weight, costUsd: finding.costUsd,
    }));
    const added = await tx.query(
      `insert into quality_scores (interaction_id, model, workload, version_id, evaluator, judge, prompt, score, is_pass, explanation, rate, weight, cost_usd, evaluated_at)
       select $1, $2, $3, $4, evaluator, judge, prompt, score, "isPass", explanation, rate, weight, "costUsd", $6
         from jsonb_to_recordset($5::jsonb) as r(evaluator text, judge text, prompt text, score float8, "isPass" boolean, explanation text, rate float8, weight float8, "costUsd" float8)
       on conflict do nothing returning sequence`,
      [interactionId, model, workload, version, JSON.stringify(rows), evaluatedAt],
    );
    return added.length > 0;
  }

  /** Scores that alerts have not seen, each of them once: they are marked in the transaction that looks at them. */
  async takeUncounted(tx: Queryable, limit: number): Promise<UncountedScore[]> {
    const rows = await tx.query<UncountedScore & { sequence: string } & Record<string, unknown>>(
      `update quality_scores set is_counted = true
        where sequence in (select sequence from quality_scores where not is_counted order by sequence limit $1)
        returning sequence, interaction_id as "interactionId", model, workload, version_id as version, evaluator, judge, prompt, score, weight, evaluated_at as "evaluatedAt"`,
      [limit],
    );
    return rows.sort((a, b) => Number(a.sequence) - Number(b.sequence));
  }

  /**
   * The last scores of a series, each weighed by the inverse of its rate; `samples` is how many of equal weight would tell as much
   * (Kish). Scores of a version that has not settled are left out.
   */
  async window(tx: Queryable, { model, workload, evaluator, judge, prompt, size }: ScoreSeries & { size: number }): Promise<QualityWindow> {
    const [row] = await tx.query<{ mean: number | null; samples: number | null }>(
      `select sum(score / rate) / sum(1 / rate) as mean, floor(sum(1 / rate) ^ 2 / sum(1 / rate ^ 2) + 1e-6)::int as samples
         from (select s.score, s.rate from quality_scores s join quality_streams t using (model, workload, version_id, evaluator, judge, prompt)
                where s.model = $1 and s.workload = $2 and s.evaluator = $3 and s.judge = $4 and s.prompt = $5 and s.rate > 0
                  and s.evaluated_at >= to_timestamp((t.state->>'settledAtMs')::float8 / 1000)
                order by s.sequence desc limit $6) as recent`,
      [model, workload, evaluator, judge, prompt, size],
    );
    return { mean: row?.mean ?? 0, samples: row?.samples ?? 0 };
  }

  async evaluatedLastHour(db: Queryable): Promise<number> {
    const [row] = await db.query<{ n: number }>(`select count(*)::int as n from quality_evaluations where evaluated_at > now() - interval '1 hour'`);
    return row?.n ?? 0;
  }

  /** Per version and evaluator over the last hours: the mean for all traffic, whatever rates its parts were sampled at. */
  async summary(db: Queryable, hours: number): Promise<readonly object[]> {
    return db.query(
      `select model, workload, version_id as version, evaluator, judge, prompt, count(*)::int as scores, sum(score / rate) / sum(1 / rate) as mean,
              sum(case when is_pass then 0 else 1 / rate end) / sum(1 / rate) as "failShare"
         from quality_scores where evaluated_at > now() - make_interval(hours => $1::int) and rate > 0 group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`,
      [hours],
    );
  }

  async prune(db: Queryable, olderThanDays: number): Promise<void> {
    await db.query('delete from quality_scores where evaluated_at < now() - make_interval(days => $1)', [olderThanDays]);
    await db.query('delete from quality_evaluations where evaluated_at < now() - make_interval(days => $1)', [olderThanDays]);
  }
}
