import type { EvidenceRecord } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { RecordPosition } from '@ratchet/service';

/** Remembers the last record that counts in a rollout; a record that comes again moves nothing back. */
export const noteOffset = async (tx: Transaction, rolloutId: string, { topic, partition, offset }: RecordPosition): Promise<void> => {
  await tx.query(
    `insert into evidence_offsets as o (rollout_id, topic, partition, last_offset) values ($1, $2, $3, $4)
     on conflict (rollout_id, topic, partition) do update set last_offset = excluded.last_offset where o.last_offset < excluded.last_offset`,
    [rolloutId, topic, partition, offset],
  );
};

export const offsetsOf = (tx: Transaction, rolloutId: string): Promise<NonNullable<EvidenceRecord['offsets']>> =>
  tx.query(`select topic, partition, last_offset::text as "offset" from evidence_offsets where rollout_id = $1 order by topic, partition`, [rolloutId]);

/** Where open rollouts had read to means nothing in a log that begins anew: its records would all seem to be older. */
export const forgetOpenOffsets = async (tx: Transaction): Promise<void> => {
  await tx.query(`delete from evidence_offsets o using rollouts r where r.rollout_id = o.rollout_id and r.has_traffic`);
};
