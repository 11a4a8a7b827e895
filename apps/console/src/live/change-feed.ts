import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Area, areaSchema } from '@ratchet/console-api';
import { describeError, Logger } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import pg from 'pg';
import { Subject } from 'rxjs';

const CHANNEL = 'ratchet_console_changed';
const RETRY_MS = 1_000;

/** Tells every instance of the console, once the transaction is committed, that a part of what it shows has changed: once, however often it is noted. */
export const noteChange = (tx: Transaction, area: Area): void =>
  tx.gather('changed', area, async (areas) => {
    await tx.query('select pg_notify($1, area) from unnest($2::text[]) as area', [CHANNEL, [...new Set(areas)]]);
  });

/** What changed in the database, whichever instance changed it. */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly changes = new Subject<Area>();
  private client: pg.Client | undefined;
  private stopped = false;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.changes.complete();
    await this.client?.end().catch(() => undefined);
  }

  private async listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.database.url, application_name: 'console', keepAlive: true });
    this.client = client;
    client.on('notification', ({ payload }) => {
      const area = areaSchema.safeParse(payload);
      if (area.success) this.changes.next(area.data);
    });
    client.on('error', (error) => this.again(client, error));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      if (this.client === client) client.on('end', () => this.again(client, new Error('the connection ended')));
    } catch (error) {
      this.again(client, error);
    }
  }

  /** Pages ask anew when they connect anew, so what is missed meanwhile is only late. */
  private again(client: pg.Client, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    this.logger.warn('changes are not heard of; connecting again', describeError(error));
    void client.end().catch(() => undefined);
    setTimeout(() => void (this.stopped || this.listen()), RETRY_MS).unref();
  }
}
