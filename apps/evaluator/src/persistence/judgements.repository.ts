import { Injectable } from '@nestjs/common';
import { storable, storableJson } from '@ratchet/persistence';
import type { CandidateRegistered } from '@ratchet/domain';
import type { AnswerRecord } from '../judging/ask-version.js';
import type { Judgement } from '../judging/conclude.js';
import type { Queryable } from './queryable.js';

export interface StoredJudgement extends Judgement {
  readonly registeredEventId: string;
  readonly receivedAt: Date;
  readonly outages: number;
  readonly outcome: string | null;
}

/** Candidates under judgement, and every answer, so that a crash loses none. */
@Injectable()
export class JudgementsRepository {
  /** False where the candidate is known already. */
  async open(tx: Queryable, { cycleId, model, workload, version, baseVersion, datasetIds }: CandidateRegistered, eventId: string): Promise<boolean> {
    const rows = await tx.query(
      `insert into judgements (cycle_id, model, workload, version_id, base_version_id, dataset_ids, registered_event_id)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7) on conflict do nothing returning cycle_id`,
      // Text holds no zero byte, and an event's id may.
      [cycleId, model, workload, version, baseVersion, JSON.stringify(datasetIds), storable(eventId)],
    );
    return rows.length > 0;
  }

  async find(db: Queryable, cycleId: string): Promise<StoredJudgement | undefined> {
    const [row] = await db.query<StoredJudgement>(
      `select cycle_id as "cycleId", model, workload, version_id as "versionId", base_version_id as "baseVersionId", dataset_ids as "datasetIds",
              registered_event_id as "registeredEventId", received_at as "receivedAt", outages, outcome
         from judgements where cycle_id = $1`,
      [cycleId],
    );
    return row;
  }

  async answersOf(db: Queryable, cycleId: string): Promise<AnswerRecord[]> {
    const rows = await db.query<Omit<AnswerRecord, 'scorer' | 'source'> & { scorer: string | null; scorerVersion: string | null; source: 'asked' | 'cached' | null }>(
      `select version_id as "versionId", item_id as "itemId", score, latency_ms as "latencyMs", cost_usd as "costUsd", fault, reasons, scorer, scorer_version as "scorerVersion", source
         from answers where cycle_id = $1`,
      [cycleId],
    );
    return rows.map(({ scorer, scorerVersion, source, ...record }) => ({ ...record, ...(scorer !== null && { scorer: { name: scorer, version: scorerVersion ?? '' } }), ...(source !== null && { source }) }));
  }

  /** A later answer replaces an earlier one, and a fault replaces none. */
  async saveAnswers(db: Queryable, cycleId: string, records: readonly AnswerRecord[]): Promise<void> {
    const rows = records.map(({ scorer, ...record }) => ({ ...record, scorer: scorer?.name, scorerVersion: scorer?.version }));
    await db.query(
      `insert into answers (cycle_id, version_id, item_id, score, latency_ms, cost_usd, fault, reasons, scorer, scorer_version, source)
       select $1, "versionId", "itemId", score, "latencyMs", "costUsd", fault, reasons, scorer, "scorerVersion", source
         from jsonb_to_recordset($2::jsonb) as r("versionId" text, "itemId" text, score float8, "latencyMs" float8, "costUsd" float8, fault text, reasons jsonb, scorer text, "scorerVersion" text, source text)
       on conflict (cycle_id, version_id, item_id) do update
         set score = excluded.score, latency_ms = excluded.latency_ms, cost_usd = excluded.cost_usd, fault = excluded.fault, reasons = excluded.reasons,
             scorer = excluded.scorer, scorer_version = excluded.scorer_version, source = excluded.source
         where answers.fault is not null or excluded.fault is null`,
      [cycleId, storableJson(rows)],
    );
  }

  async countOutage(db: Queryable, cycleId: string): Promise<void> {
    await db.query('update judgements set outages = outages + 1 where cycle_id = $1', [cycleId]);
  }

  /** False where a verdict has been given before: there is one for each cycle. */
  async close(tx: Queryable, { cycleId, outcome, judgedAt }: { cycleId: string; outcome: string; judgedAt: string }): Promise<boolean> {
    const rows = await tx.query('update judgements set outcome = $2, judged_at = $3 where cycle_id = $1 and outcome is null returning cycle_id', [cycleId, outcome, judgedAt]);
    return rows.length > 0;
  }

  /** Answers are evidence for a while; the verdict itself stays, and its event holds the gates. */
  async pruneAnswers(db: Queryable, olderThanDays: number): Promise<void> {
    await db.query(`delete from answers where cycle_id in (select cycle_id from judgements where judged_at < now() - make_interval(days => $1))`, [olderThanDays]);
  }
}
