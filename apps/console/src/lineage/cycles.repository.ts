import type { ChangedItemsAnswer, CycleDetail, CyclesQuery, CycleSummary, Decision, DecisionsQuery, Fix, GateReport } from '@ratchet/console-api';
import type { CandidateJudged, CandidateRegistered, ChangedItem, FixProposed, LossPoint, TrainingStarted } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { z } from 'zod';
import { storable } from '@ratchet/persistence';
import type { CycleFacts } from '../audit/cycle-record.js';
import { Conditions, cursorInstant, cursorText, instantSql, keyOfCursor, type PageOf, pageOf } from '../http/paging.js';
import { IS_WITHHELD_FROM_ALL, isWithheldSql } from '../reviews/withheld-decisions.js';

type Queries = Pick<Database, 'query'>;

const DECISIONS_MAX = 500;

export const storeCycleDatasets = async (tx: Transaction, { cycleId, datasetIds }: TrainingStarted): Promise<void> => {
  await tx.query('insert into cycle_datasets (dataset_id, cycle_id) select distinct id, $1 from unnest($2::text[]) as id on conflict do nothing', [cycleId, datasetIds]);
};

export const storeLossCurve = async (tx: Transaction, { cycleId, lossCurve }: CandidateRegistered): Promise<void> => {
  if (lossCurve === undefined || lossCurve.length === 0) return;
  await tx.query('insert into loss_curves (cycle_id, points) values ($1, $2::jsonb) on conflict do nothing', [cycleId, JSON.stringify(lossCurve)]);
};

/** Items of examples that an erasure has named stay away. */
export const storeChanges = async (tx: Transaction, { cycleId, model, workload, version, baseVersion, changes }: CandidateJudged): Promise<void> => {
  if (changes === undefined) return;
  await tx.query('insert into verdict_changes (cycle_id, better, worse) values ($1, $2, $3) on conflict do nothing', [cycleId, changes.betterCount, changes.worseCount]);
  for (const direction of ['better', 'worse'] as const) {
    await tx.query(
      `insert into verdict_items (cycle_id, direction, place, model, workload, version, base_version, example_id, body)
       select $1, $2, place, $3, $4, $5, $6, item->>'exampleId', item from jsonb_array_elements($7::jsonb) with ordinality as t(item, place)
        where not exists (select 1 from erased_examples x where (x.model, x.workload, x.example_id) = ($3, $4, item->>'exampleId'))
       on conflict do nothing`,
      [cycleId, direction, model, workload, version, baseVersion, JSON.stringify(storable(changes[direction]))],
    );
  }
};

export interface FactsRow {
  readonly cycleId: string;
  readonly model: string;
  readonly workload: string;
  readonly state: string;
  readonly version: string | null;
  readonly facts: CycleFacts;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

const rowColumns = `cycle_id as "cycleId", model, workload, state, version, ${instantSql('started_at')} as "startedAt", ${instantSql('ended_at')} as "endedAt"`;
const summaryColumns = `${rowColumns}, facts #>> '{started,baseVersion}' as "baseVersion", facts #>> '{started,trigger}' as trigger, (facts #>> '{started,exampleCount}')::int as "exampleCount", facts #>> '{judged,outcome}' as outcome`;

/** The newest first. */
export const cyclesPage = async (db: Queries, { model, workload, state, after, limit }: CyclesQuery): Promise<PageOf<CycleSummary>> => {
  const key = keyOfCursor(after, z.tuple([cursorInstant, cursorText]));
  const asked = new Conditions().and('model = ?', model).and('workload = ?', workload).and('state = ?', state).and('(started_at, cycle_id) < (?::timestamptz, ?)', key?.[0], key?.[1]);
  const rows = await db.query<CycleSummary>(`select ${summaryColumns} from cycles ${asked.sql} order by started_at desc, cycle_id desc limit ${asked.add(limit + 1)}`, asked.parameters);
  return pageOf(rows, limit, ({ startedAt, cycleId }) => [startedAt, cycleId]);
};

export const cycleRow = async (db: Queries, cycleId: string): Promise<FactsRow | undefined> => (await db.query<FactsRow & Record<string, unknown>>(`select ${rowColumns}, facts from cycles where cycle_id = $1`, [cycleId]))[0];

export const cycleRowOfVersion = async (db: Queries, { model, workload, version }: { model: string; workload: string; version: string }): Promise<FactsRow | undefined> =>
  (await db.query<FactsRow & Record<string, unknown>>(`select ${rowColumns}, facts from cycles where model = $1 and workload = $2 and version = $3 order by started_at desc limit 1`, [model, workload, version]))[0];

const decisionColumns = `decision_id as "decisionId", cycle_id as "cycleId", model, workload, kind, actor, reason, body->>'rolloutId' as "rolloutId", ${instantSql('happened_at')} as "happenedAt"`;

/** In the order of time. */
export const decisionsOfCycle = (db: Queries, cycleId: string): Promise<Decision[]> =>
  db.query<Decision>(`select ${decisionColumns} from decisions d where cycle_id = $1 and not ${IS_WITHHELD_FROM_ALL} order by happened_at, decision_id limit $2`, [cycleId, DECISIONS_MAX]);

/** The newest first. */
export const decisionsPage = async (db: Queries, { model, workload, after, limit }: DecisionsQuery, reader: string): Promise<PageOf<Decision>> => {
  const key = keyOfCursor(after, z.tuple([cursorInstant, cursorText]));
  const asked = new Conditions().and('model = ?', model).and('workload = ?', workload).and('(happened_at, decision_id) < (?::timestamptz, ?)', key?.[0], key?.[1]);
  asked.and(`not ${isWithheldSql(asked.add(reader))}`);
  const rows = await db.query<Decision>(`select ${decisionColumns} from decisions d ${asked.sql} order by happened_at desc, decision_id desc limit ${asked.add(limit + 1)}`, asked.parameters);
  return pageOf(rows, limit, ({ happenedAt, decisionId }) => [happenedAt, decisionId]);
};

export const reportOf = ({ judged }: CycleFacts): GateReport | null => {
  if (!judged) return null;
  const { outcome, message, gates, awaits, evidence, judgedAt } = judged;
  return { outcome, message, gates, ...(awaits && { awaits }), ...(evidence && { evidence }), judgedAt };
};

const fixOf = async (db: Queries, fixId: string | undefined): Promise<Fix | null> => {
  if (fixId === undefined) return null;
  const [row] = await db.query<{ body: FixProposed }>('select body from fixes where fix_id = $1', [fixId]);
  if (!row) return null;
  const { fixType, opportunityId, datasetId, summary, patch, proposedAt } = row.body;
  return { fixId, fixType, opportunityId, datasetId: datasetId ?? null, summary: summary ?? null, patch, proposedAt };
};

const runOf = ({ started, registered, trainingFailed }: CycleFacts): CycleDetail['run'] => ({
  trainingRunId: started.trainingRunId,
  backend: registered?.backend ?? started.backend ?? null,
  config: registered?.trainingConfig ?? started.trainingConfig,
  seconds: registered?.trainingSeconds ?? null,
  costUsd: registered?.costUsd ?? null,
  metrics: registered?.metrics ?? {},
  dataHash: registered?.dataHash ?? null,
  failed: trainingFailed ? { reason: trainingFailed.reason, code: trainingFailed.code ?? null, at: trainingFailed.failedAt } : null,
});

export const cycleDetail = async (db: Queries, cycleId: string): Promise<CycleDetail | undefined> => {
  const row = await cycleRow(db, cycleId);
  if (!row) return undefined;
  const { facts, ...cycle } = row;
  const { started, judged } = facts;
  const [curve] = await db.query<{ points: LossPoint[] }>('select points from loss_curves where cycle_id = $1', [cycleId]);
  return {
    ...cycle,
    baseVersion: started.baseVersion,
    trigger: started.trigger,
    exampleCount: started.exampleCount,
    outcome: judged?.outcome ?? null,
    triggerReason: started.triggerReason,
    triggerFacts: started.triggerFacts ?? null,
    failuresAnalyzed: started.failuresAnalyzed,
    datasetIds: started.datasetIds,
    opportunityIds: started.opportunityIds,
    run: runOf(facts),
    fix: await fixOf(db, started.fixId ?? facts.registered?.fixId),
    lossCurve: curve?.points ?? [],
    report: reportOf(facts),
    decisions: await decisionsOfCycle(db, cycleId),
  };
};

/** Empty where the verdict told of none. */
export const changesOfCycle = async (db: Queries, cycleId: string): Promise<ChangedItemsAnswer> => {
  const [counts] = await db.query<{ better: number; worse: number }>('select better, worse from verdict_changes where cycle_id = $1', [cycleId]);
  const rows = await db.query<{ direction: string; body: ChangedItem }>('select direction, body from verdict_items where cycle_id = $1 order by direction, place', [cycleId]);
  const of = (direction: string): ChangedItem[] => rows.filter((row) => row.direction === direction).map(({ body }) => body);
  return { better: of('better'), worse: of('worse'), betterCount: counts?.better ?? 0, worseCount: counts?.worse ?? 0 };
};
