import { encodeEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { backoffMs, sleep } from '@ratchet/kafka';
import type { ProducedRecord } from '@ratchet/kafka';
import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.js';
import { settleOutbox } from './sent-events.js';

const ROWS_PER_STATEMENT = 200;

/** Adds the events to the outbox of the running transaction, in the order in which they were emitted. */
export const writeOutbox = async (manager: EntityManager, events: readonly EventEnvelope[]): Promise<void> => {
  if (events.length === 0) return;
  // Sequence numbers are taken while this lock is held until the commit, so they are visible in their order: a relay that has
  // seen number 7 never finds a 6 afterwards.
  await manager.query(`select pg_advisory_xact_lock(hashtext(current_schema() || '.outbox'))`);
  for (let start = 0; start < events.length; start += ROWS_PER_STATEMENT) {
    const rows = events.slice(start, start + ROWS_PER_STATEMENT).map(encodeEvent);
    await manager.query(
      `insert into outbox (topic, key, value, headers)
       select topic, key::json, value, headers::json from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as t(topic, key, value, headers, n) order by n`,
      [rows.map(({ topic }) => topic), rows.map(({ key }) => JSON.stringify(key)), rows.map(({ value }) => value), rows.map(({ headers }) => JSON.stringify(headers))],
    );
  }
};

export interface OutboxRelayOptions {
  readonly database: Database;
  readonly send: (records: readonly ProducedRecord[]) => Promise<void>;
  /** Topics whose events are kept for a day after they were published, to be sent again where Kafka is lost. */
  readonly kept?: readonly string[];
  readonly logger: Logger;
  readonly pollMs?: number;
  readonly batchRowsMax?: number;
}

interface OutboxRow {
  readonly sequence: string;
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

/** Publishes the outbox in order and removes what Kafka has acknowledged. Runs on the service's leader only. */
export class OutboxRelay {
  private readonly stopping = new AbortController();
  private wake: () => void = () => undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: OutboxRelayOptions) {}

  start(): void {
    this.options.database.onOutboxWritten = () => this.wake();
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      try {
        const sent = await this.relayOnce();
        failures = 0;
        if (sent === 0) await this.waitForWork();
      } catch (error) {
        this.options.logger.warn('the outbox could not be published and will be tried again', { failures, ...describeError(error) });
        await sleep(backoffMs(failures, Math.random()), this.stopping.signal);
        failures += 1;
      }
    }
  }

  private async relayOnce(): Promise<number> {
    const { database, send, kept = [], batchRowsMax = 500 } = this.options;
    const rows = await database.query<OutboxRow>('select sequence, topic, key, value, headers from outbox order by sequence limit $1', [batchRowsMax]);
    const last = rows.at(-1);
    if (!last) return 0;
    await send(rows.map(({ topic, key, value, headers }) => ({ topic, key, value, headers })));
    await settleOutbox(database, { upTo: last.sequence, kept });
    return rows.length;
  }

  private waitForWork(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), this.options.pollMs ?? 1_000);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = () => undefined;
        resolve();
      };
      if (this.stopping.signal.aborted) this.wake();
    });
  }
}
