import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { isEvent, topics } from '@ratchet/contracts';
import { auditDecided, auditRecorded } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import pg from 'pg';
import { readEvents } from '../stack/read-topics.js';
import type { ChainName } from './published.js';

const PAGE = 1_000;
const definitions = { cycles: auditRecorded, decisions: auditDecided } as const;
const pageOf = (table: string): string =>
  `select t.sequence::float8 as sequence, previous_hash as "previousHash", hash, record, to_char(recorded_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt" from console.${table} t where t.sequence > $1 order by t.sequence limit ${PAGE}`;
const pages = { cycles: pageOf('audit_records'), decisions: pageOf('decision_records') } as const;

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
      await print(out, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
  } finally {
    await client.end();
  }
};

/** Lines in a file, in the order in which they came, to be read in the order of their sequence: 24 bytes of memory a line. */
class Spill {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ratchet-audit-'));
  private readonly file = openSync(join(this.folder, 'lines'), 'w+');
  private entries = new Float64Array(3 * 1_024);
  private count = 0;
  private end = 0;

  add(sequence: number, line: string): void {
    if (3 * (this.count + 1) > this.entries.length) {
      const grown = new Float64Array(2 * this.entries.length);
      grown.set(this.entries);
      this.entries = grown;
    }
    const length = writeSync(this.file, line, this.end);
    this.entries.set([sequence, this.end, length], 3 * this.count);
    this.count += 1;
    this.end += length;
  }

  /** By sequence. What was published twice comes once; two different records in the same place are both there. */
  *lines(): Generator<string> {
    const order = Uint32Array.from({ length: this.count }, (_, i) => 3 * i).sort((a, b) => this.entry(a) - this.entry(b) || a - b);
    let given = { sequence: Number.NaN, lines: new Set<string>() };
    for (const at of order) {
      const bytes = Buffer.alloc(this.entry(at + 2));
      readSync(this.file, bytes, 0, bytes.length, this.entry(at + 1));
      const [sequence, line] = [this.entry(at), bytes.toString('utf8')];
      if (sequence !== given.sequence) given = { sequence, lines: new Set() };
      if (!given.lines.has(line)) yield line;
      given.lines.add(line);
    }
  }

  remove(): void {
    closeSync(this.file);
    rmSync(this.folder, { recursive: true });
  }

  private entry(index: number): number {
    return this.entries[index] ?? 0;
  }
}

/** The same from the topic, whose partitions are in no order among each other; gives how many of its records are none of the log. */
export const exportTopic = async (kafka: KafkaClient, chain: ChainName, out: Writable): Promise<number> => {
  const spill = new Spill();
  try {
    const foreign = await readEvents({
      kafka,
      topics: [topics.audit.name],
      onEvent: (event) => {
        if (isEvent(event, definitions[chain])) spill.add(event.data.sequence, `${JSON.stringify(event.data)}\n`);
      },
    });
    for (const line of spill.lines()) await print(out, line);
    return foreign.length;
  } finally {
    spill.remove();
  }
};
