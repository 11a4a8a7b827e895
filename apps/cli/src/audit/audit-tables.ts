import { problemAfter } from '@ratchet/domain';
import type { ChainedRecord, ChainHead } from '@ratchet/domain';
import pg from 'pg';
import { type ChainName, chains, type Published } from './published.js';

const PAGE = 1_000;
const BEFORE_ALL = '-9223372036854775808';

/** Rows in the order of their sequence; `fits` says whether the columns that are searched say what the record says. */
const pageOf: Readonly<Record<ChainName, string>> = {
  cycles: `select t.sequence::text as place, previous_hash as "previousHash", hash, record, cycle_id = record ->> 'cycle_id' as fits from console.audit_records t where t.sequence > $1 order by t.sequence limit ${PAGE}`,
  decisions: `select t.sequence::text as place, previous_hash as "previousHash", hash, record, true as fits from console.decision_records t where t.sequence > $1 order by t.sequence limit ${PAGE}`,
};

interface Row extends Omit<ChainedRecord<unknown>, 'sequence'> {
  readonly place: string;
  readonly fits: boolean;
}

export interface ChainCheck {
  readonly records: number;
  readonly head: string | null;
  /** Records that the topic does not have: the console has not published them yet, or they are older than it. */
  readonly unpublished: number;
  readonly problem?: string;
}

export interface TablesVerdict extends Readonly<Record<ChainName, ChainCheck>> {
  readonly valid: boolean;
  readonly anchors: number;
  readonly problem?: string;
}

type Query = (sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

/** Follows one chain through its table, page by page, beside what was published of it. */
const checkChain = async (query: Query, chain: ChainName, published: Published, noted: { hash?: string | undefined; found: boolean }): Promise<ChainCheck> => {
  const hashes = published.hashes[chain];
  const anchored = new Map(published.anchored[chain].map(({ sequence, hash }) => [sequence, hash]));
  let last: ChainHead | undefined;
  let unpublished = 0;
  const found = (problem?: string): ChainCheck => ({ records: last?.sequence ?? 0, head: last?.hash ?? null, unpublished, ...(problem !== undefined && { problem: `${chain}: ${problem}` }) });
  for (let rows: Row[], place = BEFORE_ALL; (rows = await query(pageOf[chain], [place])).length > 0; place = rows.at(-1)?.place ?? place) {
    for (const row of rows) {
      const link = { ...row, sequence: Number(row.place) };
      const problem = problemAfter(last, link) ?? problemBeside(link, hashes.at(link.sequence), anchored.get(link.sequence));
      if (problem !== undefined) return found(problem);
      if (!row.fits) return found(`record ${row.place} is filed under another cycle than its own`);
      if (hashes.at(link.sequence) === undefined) unpublished += 1;
      if (link.hash === noted.hash) noted.found = true;
      last = { sequence: link.sequence, hash: link.hash };
    }
  }
  const known = Math.max(hashes.last, ...anchored.keys());
  return known > (last?.sequence ?? 0) ? found(`the end is cut off: ${known} records were published, the table has ${last?.sequence ?? 0}`) : found();
};

const problemBeside = ({ sequence, hash }: ChainHead, published: string | undefined, anchored: string | undefined): string | undefined => {
  if (published !== undefined && published !== hash) return `record ${sequence} is not the one that was published`;
  return anchored !== undefined && anchored !== hash ? `record ${sequence} is not the one that an anchor names` : undefined;
};

/**
 * Verifies the tables of the console in the database against themselves and against the topic, which must have been read before:
 * what was published is in the tables already.
 *
 * @param noted a head that was noted at an earlier verification: it must still be in one of the chains
 */
export const verifyTables = async (url: string, published: Published, noted?: string): Promise<TablesVerdict> => {
  const client = new pg.Client({ connectionString: url, application_name: 'ratchet-audit', connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    // One moment for both chains, however long it takes.
    await client.query('begin isolation level repeatable read read only');
    const query: Query = async (sql, parameters) => (await client.query<Row>(sql, [...parameters])).rows;
    const sought = { hash: noted, found: noted === undefined };
    const checks = {} as Record<ChainName, ChainCheck>;
    for (const chain of chains) checks[chain] = await checkChain(query, chain, published, sought);
    const problem = checks.cycles.problem ?? checks.decisions.problem ?? published.problem ?? (sought.found ? undefined : 'the noted record is in neither chain: an end was cut off, or a chain was written anew');
    return { valid: problem === undefined, ...checks, anchors: published.anchors, ...(problem !== undefined && { problem }) };
  } finally {
    await client.end();
  }
};
