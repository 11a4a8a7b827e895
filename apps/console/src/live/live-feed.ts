import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { NewestInteractions, Rates } from '@ratchet/console-api';
import { decodeMessage, isEvent, topics } from '@ratchet/contracts';
import { clockAdvanced, feedbackGiven, interactionCompleted, interactionFailed, queryOf, signalDetected } from '@ratchet/domain';
import { TopicTail } from '@ratchet/kafka';
import type { ConsumedRecord, KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { CONFIG, KAFKA } from '@ratchet/service';
import { interval, map, type Observable, scan } from 'rxjs';
import type { Config } from '../config.js';

type LiveInteraction = NewestInteractions['interactions'][number];

const TEXT_MAX = 200;
const RATE_OVER_SECONDS = 5;
const typesOfRates = { interactions: interactionCompleted.type, feedback: feedbackGiven.type, signals: signalDetected.type, failures: interactionFailed.type } as const;

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

  /** Events a second, looked at once a second by whoever asks. */
  rates(): Observable<Rates> {
    const seen = (): number[] => Object.values(typesOfRates).map((type) => this.counts.get(type) ?? 0);
    return interval(1_000).pipe(
      scan((looks: readonly number[][]) => [...looks, seen()].slice(-RATE_OVER_SECONDS - 1), [seen()] as readonly number[][]),
      map((looks) => {
        const [first, last] = [looks[0] ?? [], looks.at(-1) ?? []];
        const rate = (i: number): number => Math.round((10 * ((last[i] ?? 0) - (first[i] ?? 0))) / Math.max(1, looks.length - 1)) / 10;
        return { interactions: rate(0), feedback: rate(1), signals: rate(2), failures: rate(3) };
      }),
    );
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
