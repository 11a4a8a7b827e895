import { auditDecided, chainAfter } from '@ratchet/domain';
import type { ChainedRecord, ChainHead, DecisionRecord } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { noteChange } from '../live/change-feed.js';

/**
 * Appends the decision to the chain when the transaction ends, with all others of it: appenders take turns, and so hold each other up once and shortly.
 * One that is on the record already, by its id, is not put on it again.
 */
export const chainDecision = (tx: Transaction, record: DecisionRecord): void => tx.gather('decision-chain', record, (records) => append(tx, records));

const append = async (tx: Transaction, records: readonly DecisionRecord[]): Promise<void> => {
  await tx.query(`select pg_advisory_xact_lock(hashtext('console.decisions'))`);
  const [{ last, known } = { last: null, known: [] }] = await tx.query<{ last: ChainHead | null; known: string[] }>(
    `select (select json_build_object('sequence', sequence, 'hash', hash) from decision_records order by sequence desc limit 1) as last,
       array(select decision_id from decision_records where decision_id = any($1::text[])) as known`,
    [records.map(({ decision_id }) => decision_id)],
  );
  const links = linksAfter(last ?? undefined, withoutKnown(records, known));
  if (links.length === 0) return;
  const recordedAt = new Date().toISOString();
  await tx.query(
    `insert into decision_records (sequence, previous_hash, hash, record, recorded_at)
     select sequence, previous_hash, hash, record, $5 from unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[]) as t(sequence, previous_hash, hash, record)`,
    [links.map(({ sequence }) => sequence), links.map(({ previousHash }) => previousHash), links.map(({ hash }) => hash), links.map(({ record }) => JSON.stringify(record)), recordedAt],
  );
  for (const link of links) tx.emit(auditDecided, { ...link, recordedAt }, { id: derivedId('audit-decision', link.hash), ...(link.record.cycle_id !== null && { correlationId: link.record.cycle_id }) });
  noteChange(tx, 'audit');
};

const linksAfter = (head: ChainHead | undefined, records: readonly DecisionRecord[]): ChainedRecord<DecisionRecord>[] => {
  const links: ChainedRecord<DecisionRecord>[] = [];
  for (const record of records) links.push(chainAfter(links.at(-1) ?? head, record));
  return links;
};

const withoutKnown = (records: readonly DecisionRecord[], known: readonly string[]): DecisionRecord[] => {
  const seen = new Set(known);
  return records.filter(({ decision_id: id }) => !seen.has(id) && seen.add(id));
};
