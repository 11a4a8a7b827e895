import { auditRecorded, chainAfter } from '@ratchet/domain';
import type { CycleRecord, RoutingChanged, Target } from '@ratchet/domain';
import type { VitalsSum } from '../vitals/merge-vitals.js';
import { derivedId } from '@ratchet/observability';
import { storable, storableJson } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import type { CycleFacts } from '../audit/cycle-record.js';
import { chainDecision } from '../audit/decision-chain.js';
import { decisionRecordOf, type Facts } from '../audit/decision-record.js';

export interface CycleRow extends Target {
  readonly cycleId: string;
  readonly state: string;
  readonly version: string | null;
  readonly facts: CycleFacts;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

const cycleColumns = `cycle_id as "cycleId", model, workload, state, version, facts, started_at as "startedAt", ended_at as "endedAt"`;

export const storeRouting = async (tx: Transaction, routing: RoutingChanged): Promise<void> => {
  await tx.query(
    `insert into targets as t (model, workload, routing, revision) values ($1, $2, $3::jsonb, $4)
     on conflict (model, workload) do update set routing = excluded.routing, revision = excluded.revision where t.revision < excluded.revision`,
    [routing.model, routing.workload, storableJson(routing), routing.revision],
  );
};

export const addVitals = async (tx: Transaction, { model, workload, version, arm, stage, requests, errors, outcomes, failures }: VitalsSum): Promise<void> => {
  await tx.query(
    `insert into vitals as v values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (model, workload, version, arm, stage) do update set requests = v.requests + excluded.requests, errors = v.errors + excluded.errors,
       outcomes = v.outcomes + excluded.outcomes, failures = v.failures + excluded.failures`,
    [model, workload, version, arm, stage, requests, errors, outcomes, failures],
  );
};

export const openCycle = async (tx: Transaction, facts: CycleFacts): Promise<void> => {
  const { cycleId, model, workload, startedAt } = facts.started;
  await tx.query(`insert into cycles (cycle_id, model, workload, state, facts, started_at) values ($1, $2, $3, 'training', $4::jsonb, $5) on conflict do nothing`, [
    cycleId,
    model,
    workload,
    storableJson(facts),
    startedAt,
  ]);
};

/** What is to be noted of a cycle. */
export interface CycleChange {
  readonly cycleId: string;
  readonly state: string;
  readonly version?: string;
  readonly facts: Partial<CycleFacts>;
  /** When the cycle ended by it. */
  readonly endedAt?: string;
}

/** Undefined where the cycle's start has not been read; other transactions wait for what this one makes of it. */
export const lockFacts = async (tx: Transaction, cycleId: string): Promise<CycleFacts | undefined> => {
  // The row may not be there yet, so it cannot be locked itself.
  await tx.query(`select pg_advisory_xact_lock(hashtext('cycle'), hashtext($1))`, [cycleId]);
  return (await tx.query<{ facts: CycleFacts }>('select facts from cycles where cycle_id = $1 for update', [cycleId]))[0]?.facts;
};

/** Adds facts to a cycle that is known, and gives all of them. */
export const addFacts = async (tx: Transaction, { cycleId, state, version, facts }: CycleChange): Promise<CycleFacts> => {
  const rows = await tx.query<{ facts: CycleFacts }>(
    `update cycles set facts = facts || $2::jsonb, state = $3, version = coalesce($4, version) where cycle_id = $1 returning facts`,
    [cycleId, storableJson(facts), state, version ?? null],
  );
  if (!rows[0]) throw new Error(`cycle ${cycleId} is not known`);
  return rows[0].facts;
};

export const keepForLater = async (tx: Transaction, change: CycleChange): Promise<void> => {
  await tx.query('insert into early_facts (cycle_id, change) values ($1, $2::json)', [change.cycleId, storableJson(change)]);
};

/** What was kept of a cycle, in the order in which it came; it is kept no longer. */
export const takeKept = async (tx: Transaction, cycleId: string): Promise<CycleChange[]> => {
  const rows = await tx.query<{ change: CycleChange }>('with taken as (delete from early_facts where cycle_id = $1 returning place, change) select change from taken order by place', [cycleId]);
  return rows.map(({ change }) => change);
};

export const endCycle = async (tx: Transaction, { cycleId, endedAt }: { readonly cycleId: string; readonly endedAt: string }): Promise<void> => {
  await tx.query(`update cycles set ended_at = $2 where cycle_id = $1`, [cycleId, endedAt]);
};

export const openCycleOf = async (tx: Transaction, { model, workload }: Target): Promise<CycleRow | undefined> =>
  (await tx.query<CycleRow>(`select ${cycleColumns} from cycles where model = $1 and workload = $2 and ended_at is null order by started_at desc limit 1 for update`, [model, workload]))[0];

/** The cycle of a candidate, also after it ended: a person may approve what the gates left open. */
export const cycleOfVersion = async (tx: Transaction, { model, workload }: Target, version: string): Promise<CycleRow | undefined> =>
  (await tx.query<CycleRow>(`select ${cycleColumns} from cycles where model = $1 and workload = $2 and version = $3 order by started_at desc limit 1 for update`, [model, workload, version]))[0];

export interface Decision extends Target {
  /** Of the event that tells of it. */
  readonly eventId: string;
  readonly cycleId?: string;
  readonly kind: string;
  readonly actor: string;
  readonly reason: string;
  readonly body: object;
  readonly happenedAt: string;
}

/** Stores the decision and, where it is new, puts it on the record: the chain has each of them once. */
export const addDecision = async (tx: Transaction, { eventId, cycleId, model, workload, kind, actor, reason, body, happenedAt }: Decision): Promise<void> => {
  // An event id may be longer than an index takes, and hold what text does not.
  const decisionId = derivedId('decision', eventId);
  const added = await tx.query(
    `insert into decisions (decision_id, cycle_id, model, workload, kind, actor, reason, body, happened_at) values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9) on conflict do nothing returning decision_id`,
    [decisionId, cycleId ?? null, model, workload, kind, storable(actor), storable(reason), storableJson(body), happenedAt],
  );
  if (added.length === 0) return;
  const known = await knownBefore(tx, { kind, model, workload, body });
  chainDecision(tx, decisionRecordOf(storable({ decisionId, cycleId, model, workload, kind, actor, reason, body, happenedAt, known })));
};

/** What a command found, where the console can tell. */
const knownBefore = async (tx: Transaction, { kind, model, workload, body }: Pick<Decision, 'kind' | 'model' | 'workload' | 'body'>): Promise<Facts> => {
  if (kind === 'opportunity.diagnose') return rootCauseBefore(tx, body);
  if (kind !== 'automation.hold' && kind !== 'automation.release') return {};
  const [hold] = await tx.query<{ held: boolean }>('select is_held as held from automation_holds where model = $1 and workload = $2', [model, workload]);
  return { held: hold?.held ?? false };
};

/** Opportunities are on another topic, which may be read first: what was ordered is then no longer what was found. */
const rootCauseBefore = async (tx: Transaction, body: { readonly opportunityId?: string; readonly rootCause?: string }): Promise<Facts> => {
  const [row] = await tx.query<{ rootCause: string }>(`select body ->> 'rootCause' as "rootCause" from opportunities where opportunity_id = $1 and body ->> 'rootCause' <> $2`, [storable(body.opportunityId ?? ''), body.rootCause ?? '']);
  return row ? { rootCause: row.rootCause.slice(0, 1_000) } : {};
};

/** Appends to the chain and publishes the record; appenders take turns until they commit. */
export const appendAudit = async (tx: Transaction, record: CycleRecord): Promise<void> => {
  await tx.query(`select pg_advisory_xact_lock(hashtext('console.audit'))`);
  const [last] = await tx.query<{ sequence: string; hash: string }>(`select sequence, hash from audit_records order by sequence desc limit 1`);
  // The chain is made of what is stored, so that it can be checked from it.
  const link = chainAfter(last && { sequence: Number(last.sequence), hash: last.hash }, storable(record));
  const recordedAt = new Date().toISOString();
  await tx.query(`insert into audit_records (sequence, cycle_id, previous_hash, hash, record, recorded_at) values ($1, $2, $3, $4, $5::jsonb, $6)`, [
    link.sequence,
    record.cycle_id,
    link.previousHash,
    link.hash,
    JSON.stringify(link.record),
    recordedAt,
  ]);
  tx.emit(auditRecorded, { ...link, recordedAt }, { id: derivedId('audit', link.hash), correlationId: record.cycle_id });
};
