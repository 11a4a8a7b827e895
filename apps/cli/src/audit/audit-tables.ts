import { problemAfter } from '@ratchet/domain';
import type { ChainedRecord, ChainHead } from '@ratchet/domain';
import pg from 'pg';
import type { ChainHashes } from './chain-hashes.js';
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
  let last: ChainHead | undefined;
  let unpublished = 0;
  const found = (problem?: string): ChainCheck => ({ records: last?.sequence ?? 0, head: last?.hash ?? null, unpublished, ...(problem !== undefined && { problem: `${chain}: ${problem}` }) });
  for (let rows: Row[], place = BEFORE_ALL; (rows = await query(pageOf[chain], [place])).length > 0; place = rows.at(-1)?.place ?? place) {
    for (const row of rows) {
      const link = { ...row, sequence: Number(row.place) };
      const problem = problemAfter(last, link) ?? problemBeside(link, hashes);
      if (problem !== undefined) return found(problem);
      if (!row.fits) return found(`record ${row.place} is filed under another cycle than its own`);
      if (!hashes.isSeen(link.sequence)) unpublished += 1;
      if (link.hash === noted.hash) noted.found = true;
      last = { sequence: link.sequence, hash: link.hash };
    }
  }
  const records = last?.sequence ?? 0;
  return hashes.lastNamed > records ? found(`the end is cut off: ${hashes.lastNamed} records were published, the table has ${records}`) : found();
};

const problemBeside = ({ sequence, hash }: ChainHead, hashes: ChainHashes): string | undefined => {
  const named = hashes.at(sequence);
  if (named === undefined || named === hash) return undefined;
  return hashes.isSeen(sequence) ? `record ${sequence} is not the one that was published` : `record ${sequence} is not the one that an anchor, or the record published after it, names`;
};

/** The first of the console's own anchors that is not what the tables say; those on the topic are read already. */
const FALSE_ANCHOR = `select to_char(anchored_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "anchoredAt", case when c.sequence is null and cycles_sequence > 0 then cycles_sequence || ' of cycles' else decisions_sequence || ' of decisions' end as named
  from console.audit_anchors a left join console.audit_records c on c.sequence = a.cycles_sequence and c.hash = a.cycles_hash left join console.decision_records d on d.sequence = a.decisions_sequence and d.hash = a.decisions_hash
  where (a.cycles_sequence > 0 and c.sequence is null) or (a.decisions_sequence > 0 and d.sequence is null) order by anchored_at limit 1`;

const problemOfStoredAnchors = async (client: pg.Client): Promise<string | undefined> => {
  const [anchor] = (await client.query<{ anchoredAt: string; named: string }>(FALSE_ANCHOR)).rows;
  return anchor && `the anchor of ${anchor.anchoredAt} in the table names another record ${anchor.named} than the table has`;
};

/**
 * Verifies the tables of the console in the database against themselves and against the topic, which must have been read before:
 * what was published is in the tables already.
 */
export const verifyTables = async (url: string, published: Published): Promise<TablesVerdict> => {
  const client = new pg.Client({ connectionString: url, application_name: 'ratchet-audit', connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    // One moment for both chains, however long it takes.
    await client.query('begin isolation level repeatable read read only');
    const query: Query = async (sql, parameters) => (await client.query<Row>(sql, [...parameters])).rows;
    const sought = { hash: published.noted, found: false };
    const checks = {} as Record<ChainName, ChainCheck>;
    for (const chain of chains) checks[chain] = await checkChain(query, chain, published, sought);
    const problem = checks.cycles.problem ?? checks.decisions.problem ?? published.problem ?? published.problemOfSignatures() ?? (await problemOfStoredAnchors(client)) ?? published.problemOfNoted(sought.found);
    return { valid: problem === undefined, ...checks, anchors: published.anchors, ...(problem !== undefined && { problem }) };
  } finally {
    await client.end();
  }
};
