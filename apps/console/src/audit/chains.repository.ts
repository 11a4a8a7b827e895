import type { AuditEntry, AuditQuery, ChainName, ChainState } from '@ratchet/console-api';
import { GENESIS_HASH, problemAfter } from '@ratchet/domain';
import type { ChainedRecord, ChainHead } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { z } from 'zod';
import { Conditions, keyOfCursor, type PageOf, pageOf } from '../http/paging.js';
import { isRecordWithheldSql } from '../reviews/withheld-decisions.js';

type Queries = Pick<Transaction, 'query'>;

const tables: Readonly<Record<ChainName, string>> = { cycles: 'audit_records', decisions: 'decision_records' };
const columns = `sequence::float8 as sequence, previous_hash as "previousHash", hash, record, recorded_at as "recordedAt"`;

interface Row extends ChainedRecord<Record<string, unknown>> {
  readonly recordedAt: Date;
}

const entryOf = ({ recordedAt, ...row }: Row): AuditEntry => ({ ...row, recordedAt: recordedAt.toISOString() });

export const headOf = async (db: Queries, chain: ChainName): Promise<ChainHead | undefined> => (await db.query<ChainHead>(`select sequence::float8 as sequence, hash from ${tables[chain]} t order by t.sequence desc limit 1`))[0];

/** Up to `limit` records after `sequence`, oldest first. */
export const entriesAfter = async (db: Queries, chain: ChainName, sequence: number, limit: number): Promise<AuditEntry[]> =>
  (await db.query<Row>(`select ${columns} from ${tables[chain]} t where t.sequence > $1 order by t.sequence limit $2`, [sequence, limit])).map(entryOf);

export const entryAt = async (db: Queries, chain: ChainName, sequence: number): Promise<AuditEntry | undefined> => {
  const [row] = await db.query<Row>(`select ${columns} from ${tables[chain]} t where t.sequence = $1`, [sequence]);
  return row && entryOf(row);
};

/** Whether a record of a decision is kept from a reader who may have to decide about the same item. */
export const isWithheld = async (db: Queries, { sequence }: AuditEntry, reader: string): Promise<boolean> =>
  (await db.query(`select 1 from decision_records t where t.sequence = $1 and ${isRecordWithheldSql('$2')}`, [sequence, reader])).length > 0;

const cursorSchema = z.tuple([z.number().int().positive()]);

/** Decisions, newest first. */
export const decisionsOfAudit = async (db: Queries, { kind, actor, model, workload, cycle, from, to, after, limit }: AuditQuery, reader: string): Promise<PageOf<AuditEntry>> => {
  const conditions = new Conditions();
  conditions.and('kind = ?', kind).and('actor = ?', actor).and('model = ?', model).and('workload = ?', workload).and('cycle_id = ?', cycle).and('recorded_at >= ?', from).and('recorded_at < ?', to).and('t.sequence < ?', keyOfCursor(after, cursorSchema)?.[0]);
  conditions.and(`not ${isRecordWithheldSql(conditions.add(reader))}`);
  const place = conditions.add(limit + 1);
  const rows = await db.query<Row>(`select ${columns} from decision_records t ${conditions.sql} order by t.sequence desc limit ${place}`, conditions.parameters);
  return pageOf(rows.map(entryOf), limit, ({ sequence }) => [sequence]);
};

/** The newest records of a chain, verified: the whole of it is verified by the command line. */
export const stateOf = async (db: Queries, chain: ChainName, tail: number): Promise<ChainState> => {
  const head = (await headOf(db, chain)) ?? { sequence: 0, hash: GENESIS_HASH };
  const first = Math.max(0, head.sequence - tail);
  let last: ChainHead | undefined = first === 0 ? undefined : await entryAt(db, chain, first);
  let verified = 0;
  if (first > 0 && !last) return { ...head, verified, problem: `record ${first} is missing` };
  for (const entry of await entriesAfter(db, chain, first, tail)) {
    const problem = problemAfter(last, entry);
    if (problem !== undefined) return { ...head, verified, problem };
    last = entry;
    verified += 1;
  }
  return { ...head, verified, problem: null };
};

export interface StoredAnchor {
  readonly cycles: ChainHead;
  readonly decisions: ChainHead;
  readonly anchoredAt: string;
}

interface AnchorRow {
  readonly cs: number;
  readonly ch: string;
  readonly ds: number;
  readonly dh: string;
  readonly at: Date;
}

const anchorColumns = 'cycles_sequence::float8 as cs, cycles_hash as ch, decisions_sequence::float8 as ds, decisions_hash as dh, anchored_at as at';
const anchorOf = ({ cs, ch, ds, dh, at }: AnchorRow): StoredAnchor => ({ cycles: { sequence: cs, hash: ch }, decisions: { sequence: ds, hash: dh }, anchoredAt: at.toISOString() });

export const lastAnchor = async (db: Queries): Promise<StoredAnchor | null> => {
  const [row] = await db.query<AnchorRow>(`select ${anchorColumns} from audit_anchors order by anchored_at desc limit 1`);
  return row ? anchorOf(row) : null;
};

/** One an hour at most, so that all of them are few. */
export const allAnchors = async (db: Queries): Promise<StoredAnchor[]> => (await db.query<AnchorRow>(`select ${anchorColumns} from audit_anchors order by anchored_at`)).map(anchorOf);
