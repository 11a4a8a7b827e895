import { Injectable } from '@nestjs/common';
import type { Feedback } from '@ratchet/domain';
import type { Agreement, TwoRaters } from '@ratchet/stats';
import type { Label } from '../quality/agreement/labels-of-feedback.js';
import type { Queryable } from './queryable.js';

export interface RatedSeries {
  readonly evaluator: string;
  readonly judge: string;
  readonly prompt: string;
}

/** What people said of sampled interactions, and how far evaluators agree with them. */
@Injectable()
export class LabelsRepository {
  async add(tx: Queryable, { feedbackId, interactionId, source, givenAt }: Feedback, labels: readonly Label[]): Promise<void> {
    await tx.query(
      `insert into quality_labels (feedback_id, interaction_id, aspect, source, is_good, given_at)
       select $1, $2, aspect, $3, "isGood", $4 from jsonb_to_recordset($5::jsonb) as r(aspect text, "isGood" boolean) on conflict do nothing`,
      [feedbackId, interactionId, source.type, givenAt, JSON.stringify(labels)],
    );
  }

  /** For each evaluator, how often it and people said yes and no to the same answer. What they say of its own aspect goes before what they say overall. */
  async compare(db: Queryable): Promise<(RatedSeries & TwoRaters)[]> {
    return db.query<RatedSeries & TwoRaters & Record<string, unknown>>(
      `select s.evaluator, s.judge, s.prompt,
              count(*) filter (where s.is_pass and l.is_good)::int as "bothYes", count(*) filter (where s.is_pass and not l.is_good)::int as "onlyFirst",
              count(*) filter (where not s.is_pass and l.is_good)::int as "onlySecond", count(*) filter (where not s.is_pass and not l.is_good)::int as "bothNo"
         from quality_scores s
         join lateral (select is_good from quality_labels l where l.interaction_id = s.interaction_id and l.aspect in (s.evaluator, 'overall')
                        order by (l.aspect = s.evaluator) desc, l.given_at desc, l.feedback_id limit 1) l on true
        group by 1, 2, 3 order by 1, 2, 3`,
    );
  }

  /** True where a day has passed since it was last logged. */
  async saveAgreement(tx: Queryable, { evaluator, judge, prompt }: RatedSeries, labels: number, agreement: Agreement | undefined): Promise<boolean> {
    await tx.query(
      `insert into quality_agreement (evaluator, judge, prompt, labels, kappa, lower, upper, observed, computed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, now())
       on conflict (evaluator, judge, prompt) do update set labels = excluded.labels, kappa = excluded.kappa, lower = excluded.lower, upper = excluded.upper,
         observed = excluded.observed, computed_at = excluded.computed_at`,
      [evaluator, judge, prompt, labels, agreement?.kappa ?? null, agreement?.lower ?? null, agreement?.upper ?? null, agreement?.observed ?? null],
    );
    const due = await tx.query(
      `update quality_agreement set logged_at = now() where evaluator = $1 and judge = $2 and prompt = $3 and (logged_at is null or logged_at < now() - interval '1 day') returning evaluator`,
      [evaluator, judge, prompt],
    );
    return due.length > 0;
  }

  async agreement(db: Queryable): Promise<readonly object[]> {
    return db.query(`select evaluator, judge, prompt, labels, kappa, lower, upper, observed, computed_at as "computedAt" from quality_agreement order by 1, 2, 3`);
  }

  async prune(db: Queryable, olderThanDays: number): Promise<void> {
    await db.query('delete from quality_labels where given_at < now() - make_interval(days => $1)', [olderThanDays]);
    await db.query('delete from quality_agreement where computed_at < now() - make_interval(days => $1)', [olderThanDays]);
  }
}
