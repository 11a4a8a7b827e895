import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { isEvent, topics } from '@ratchet/contracts';
import { auditDecided, auditRecorded, canonicalJson } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import pg from 'pg';
import { readEvents } from '../stack/read-topics.js';
import type { ChainName } from './published.js';
import { SortedLines } from './sorted-lines.js';

const PAGE = 1_000;
const definitions = { cycles: auditRecorded, decisions: auditDecided } as const;
const pageOf = (table: string): string =>
  `select t.sequence::float8 as sequence, previous_hash as "previousHash", hash, record, to_char(recorded_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt" from console.${table} t where t.sequence > $1 order by t.sequence limit ${PAGE}`;
const pages = { cycles: pageOf('audit_records'), decisions: pageOf('decision_records') } as const;

/** The same from the topic and from the table, which keeps fields in an order of its own. */
const lineOf = (link: object): string => `${canonicalJson(link)}\n`;

/** Waits where the reader is slower. */
const print = async (out: Writable, text: string): Promise<void> => {
  if (!out.write(text)) await once(out, 'drain');
};

/** Prints a chain of the console's database as JSON lines, oldest first, page by page. */
export const exportTable = async (url: string, chain: ChainName, out: Writable): Promise<void> => {
  const client = new pg.Client({ connectionString: url, application_name: 'ratchet-audit', connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    for (let rows: { sequence: number }[], last = 0; (rows = (await client.query<{ sequence: number }>(pages[chain], [last])).rows).length > 0; last = rows.at(-1)?.sequence ?? last) {
      await print(out, rows.map(lineOf).join(''));
    }
  } finally {
    await client.end();
  }
};

/** The same from the topic, whose partitions are in no order among each other; gives how many of its records are none of the log. */
export const exportTopic = async (kafka: KafkaClient, chain: ChainName, out: Writable): Promise<number> => {
  const sorted = new SortedLines();
  try {
    const foreign = await readEvents({
      kafka,
      topics: [topics.audit.name],
      onEvent: (event) => {
        if (isEvent(event, definitions[chain])) sorted.add(event.data.sequence, lineOf(event.data));
      },
    });
    for (const line of sorted.lines()) await print(out, line);
    return foreign.length;
  } finally {
    sorted.remove();
  }
};
