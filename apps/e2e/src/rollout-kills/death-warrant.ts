/** Says at which write a process ends. */
export interface DeathWarrant {
  /** Counting begins anew with each. */
  readonly id: string;
  /** 1 is the first; 0 kills nobody, and the writes are counted all the same. */
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Housekeeping that goes on whatever happens, and has nothing to do with a rollout. */
const housekeeping = /pending_units|pending_users|_jobs\b|graphile/iu;

/** A statement that begins a transaction; whatever else writes without one is committed by itself. */
export const beginsTransaction = (sql: string): boolean => /^\s*(?:begin|start transaction)\b/iu.test(sql);

/** What a statement writes to: `insert rollouts`, `commit`; undefined where it writes nothing, and for the commit of a transaction that has not written. */
export const labelOfWrite = (sql: string, hasWritten: boolean): string | undefined => {
  const match = /^\s*(?:(commit)\b|(insert)\s+into\s+(\w+)|(update)\s+(\w+)|(delete)\s+from\s+(\w+))/iu.exec(sql);
  if (match === null || housekeeping.test(sql.slice(0, 200))) return undefined;
  if (match[1] !== undefined) return hasWritten ? 'commit' : undefined;
  const [, , insert, inserted, update, updated, , deleted] = match;
  return insert ? `insert ${inserted}` : update ? `update ${updated}` : `delete ${deleted}`;
};
