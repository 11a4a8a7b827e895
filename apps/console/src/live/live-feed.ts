import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { decodeMessage, isEvent, topics } from '@ratchet/contracts';
import { clockAdvanced, interactionCompleted, queryOf } from '@ratchet/domain';
import { TopicTail } from '@ratchet/kafka';
import type { ConsumedRecord, KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { CONFIG, KAFKA } from '@ratchet/service';
import type { Config } from '../config.js';

export interface LiveInteraction {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly model: string;
  readonly workload: string;
  readonly version: string;
  readonly query: string;
  readonly reply: string;
  readonly startedAt: string;
  readonly seenAt: string;
}

const TEXT_MAX = 200;

/** The newest interactions and the number of events by type since the start, in memory: a view of the stream, not a store. */
@Injectable()
export class LiveFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly tail: TopicTail;
  private readonly newest: (LiveInteraction & { readonly userId?: string })[] = [];
  readonly counts = new Map<string, number>();
  rejected = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(KAFKA) kafka: KafkaClient,
    @Inject(Logger) logger: Logger,
  ) {
    this.tail = new TopicTail({ kafka, topics: [topics.interactions.name, topics.signals.name], logger, onRecord: (record) => this.take(record) });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.tail.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tail.stop();
  }

  interactions(limit: number): LiveInteraction[] {
    return this.newest
      .slice(-limit)
      .reverse()
      .map(({ userId: _, ...shown }) => shown);
  }

  /** Of the instance that reads the command; others show the newest interactions until newer ones have taken their place. */
  forget({ model, workload, userId }: { readonly model: string; readonly workload: string; readonly userId: string }): void {
    const kept = this.newest.filter((one) => one.userId !== userId || one.model !== model || one.workload !== workload);
    this.newest.splice(0, this.newest.length, ...kept);
  }

  private take(record: ConsumedRecord): void {
    const decoded = decodeMessage(record, record.topic);
    if (!decoded.ok) {
      this.rejected += 1;
      return;
    }
    const { event } = decoded;
    if (event.type === clockAdvanced.type) return;
    this.counts.set(event.type, (this.counts.get(event.type) ?? 0) + 1);
    if (!isEvent(event, interactionCompleted)) return;
    const { interactionId, conversationId, userId, model, workload, version, output, startedAt } = event.data;
    this.newest.push({
      interactionId,
      conversationId,
      ...(userId !== undefined && { userId }),
      model,
      workload,
      version,
      query: queryOf(event.data).slice(0, TEXT_MAX),
      reply: (output?.content ?? '').slice(0, TEXT_MAX),
      startedAt,
      seenAt: new Date().toISOString(),
    });
    if (this.newest.length > this.config.LIVE_EVENTS_MAX) this.newest.shift();
  }
}
