import { decodeMessage, isEvent, topicOf, type MessageLike } from '@ratchet/contracts';
import { routingChanged, versionPublished } from '@ratchet/domain';
import { describeError, type Logger, type Metrics } from '@ratchet/observability';
import { routingProblem } from '@ratchet/sdk';
import type { SnapshotFile } from './routing-snapshot.js';
import type { RoutingTable } from './routing-table.js';

const SAVE_AFTER_MS = 200;
const RETRY_AFTER_MS = 2_000;
const STOP_WITHIN_MS = 2_000;

export type TopicRecord = MessageLike & { readonly topic: string; readonly offset: bigint };

/** Follows topics from their beginning; `start` resolves when what they held has been read. */
export interface TableSource {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface RoutingFollowerOptions {
  readonly table: RoutingTable;
  readonly snapshot: SnapshotFile;
  /** A fresh source for each attempt to reach Kafka. */
  readonly openSource: (options: { topics: readonly string[]; onRecord: (record: TopicRecord) => void }) => TableSource;
  readonly waitMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Keeps the routing table current, and its snapshot on disk. */
export class RoutingFollower {
  private source: TableSource | undefined;
  private stopped = false;
  private saveTimer: NodeJS.Timeout | undefined;
  private saving: Promise<void> = Promise.resolve();
  private following = false;
  private savedAt: string | undefined;
  private readonly revision;
  private readonly fromSnapshot;
  private readonly snapshotTime;

  constructor(private readonly options: RoutingFollowerOptions) {
    const { metrics } = options;
    this.fromSnapshot = metrics.gauge({ name: 'ratchet_gateway_routing_from_snapshot', help: '1 while the routing in use is the last known one, read from disk, because Kafka has not answered since the start' });
    this.snapshotTime = metrics.gauge({ name: 'ratchet_gateway_routing_snapshot_timestamp_seconds', help: 'When that last known routing was saved, in Unix time; 0 where Kafka\'s is in use' });
    this.revision = metrics.gauge({ name: 'ratchet_gateway_routing_revision', help: 'Revision of the routing in use, by target', labelNames: ['model', 'workload'] });
  }

  /** Restores the snapshot, then waits a while for Kafka's own view; serving does not depend on it. */
  async start(): Promise<void> {
    const { waitMs, logger, table } = this.options;
    const restored = await this.restore();
    this.savedAt = restored;
    const current = this.follow().then(() => this.confirm());
    if (await within(waitMs, current)) return;
    this.fromSnapshot.set(restored === undefined ? 0 : 1);
    this.snapshotTime.set(restored === undefined ? 0 : Date.parse(restored) / 1_000);
    if (restored) logger.warn('Kafka did not answer: serving with the last known routing table', { savedAt: restored, models: table.models() });
    else logger.warn('Kafka did not answer and there is no last known routing table: requests get 503 until it does');
  }

  /** Where the routing in use comes from, for people who look at the service's health. */
  origin(): { readonly from: 'kafka' | 'snapshot' | 'nowhere'; readonly savedAt?: string } {
    if (this.following) return { from: 'kafka' };
    return this.savedAt === undefined ? { from: 'nowhere' } : { from: 'snapshot', savedAt: this.savedAt };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    // Leaving tidily needs Kafka; a service that stops without it must not wait for its return.
    await within(STOP_WITHIN_MS, this.source?.stop().catch(() => undefined) ?? Promise.resolve());
    if (this.saveTimer) {
      clearTimeout(this.saveTimer);
      this.save();
    }
    await this.saving;
  }

  /** Applies one record of the two topics; anything unreadable is logged and skipped. */
  apply(record: TopicRecord): void {
    const decoded = decodeMessage(record, record.topic);
    if (!decoded.ok) {
      this.options.logger.warn('a record of the routing topics cannot be read', { topic: record.topic, offset: String(record.offset), code: decoded.code });
      return;
    }
    const { table } = this.options;
    const { event } = decoded;
    if (isEvent(event, routingChanged)) {
      const problem = routingProblem(event.data);
      if (problem !== undefined) {
        this.options.logger.error('a change of routing contradicts itself; the one before it stays', { revision: event.data.revision, problem });
        return;
      }
      if (!table.applyRouting(event.data)) return;
      const { model, workload, revision, champion, candidate, share } = event.data;
      this.revision.set({ model, workload }, revision);
      this.options.logger.info('routing changed', { model, workload, revision, champion, candidate, share });
    } else if (!isEvent(event, versionPublished) || !table.applyVersion(event.data)) return;
    this.saveTimer ??= setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  private confirm(): void {
    if (this.stopped) return;
    this.following = true;
    this.fromSnapshot.set(0);
    this.snapshotTime.set(0);
    this.options.logger.info('routing is current', { models: this.options.table.models() });
  }

  private async restore(): Promise<string | undefined> {
    const { snapshot, table, logger } = this.options;
    try {
      const known = await snapshot.load();
      if (!known) return undefined;
      for (const version of known.versions) table.applyVersion(version);
      for (const route of known.routing) {
        table.applyRouting(route);
        this.revision.set({ model: route.model, workload: route.workload }, route.revision);
      }
      return known.savedAt;
    } catch (error) {
      logger.warn('the last known routing table cannot be read', describeError(error));
      return undefined;
    }
  }

  private async follow(): Promise<void> {
    const topics = [topicOf(versionPublished).name, topicOf(routingChanged).name];
    while (!this.stopped) {
      const source = this.options.openSource({ topics, onRecord: (record) => this.apply(record) });
      this.source = source;
      try {
        return await source.start();
      } catch (error) {
        this.options.logger.warn('the routing topics cannot be followed yet', describeError(error));
        void source.stop().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS).unref());
      }
    }
  }

  private save(): void {
    this.saveTimer = undefined;
    const { snapshot, table, logger } = this.options;
    this.saving = this.saving.then(() => snapshot.save(table)).catch((error: unknown) => logger.warn('the routing table cannot be saved', describeError(error)));
  }
}

/** Whether the work was done in time; it goes on if not. */
const within = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
};
