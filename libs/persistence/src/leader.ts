import { sleep } from '@ratchet/kafka';
import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import pg from 'pg';

export interface LeaderOptions {
  readonly url: string;
  readonly service: string;
  readonly logger: Logger;
  /** Called once leadership is held; what it returns is called when it is lost or given up. */
  readonly onElected: () => Promise<() => Promise<void>>;
  readonly retryMs?: number;
}

const CONNECT_WITHIN_MS = 10_000;
/** A leader whose machine has vanished says no goodbye: the server asks after it, and frees the lock when nobody answers (in about 25 s). */
const SERVER_KEEPALIVE = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** Exactly one instance of a service leads: it holds a session's advisory lock on a connection of its own. */
export class Leader {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: LeaderOptions) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.lead();
      } catch (error) {
        this.options.logger.warn('leading ended', describeError(error));
      }
      await sleep(this.options.retryMs ?? 1_000, this.stopping.signal);
    }
  }

  private async lead(): Promise<void> {
    const client = new pg.Client({ connectionString: this.options.url, application_name: `${this.options.service}-leader`, keepAlive: true, keepAliveInitialDelayMillis: 10_000, connectionTimeoutMillis: CONNECT_WITHIN_MS, options: SERVER_KEEPALIVE });
    const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
    client.on('error', () => lose());
    client.on('end', () => lose());
    await client.connect();
    try {
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(hashtext($1)) as held', [`ratchet-leader-${this.options.service}`]);
      if (!rows[0]?.held) return;
      this.options.logger.info('leading');
      const resign = await this.options.onElected();
      this.stopping.signal.addEventListener('abort', () => lose(), { once: true });
      if (this.stopping.signal.aborted) lose();
      await lost;
      await resign();
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
