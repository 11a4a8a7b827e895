import { Inject, Injectable } from '@nestjs/common';
import { type Lag, services } from '@ratchet/console-api';
import { type GroupStatus, type KafkaClient, readGroups } from '@ratchet/kafka';
import { describeError, Logger } from '@ratchet/observability';
import { KAFKA } from '@ratchet/service';

/** Brokers are asked no more often, however many pages are open. */
const FRESH_MS = 3_000;
/** What is read now is compared with a reading that is at most this old. */
const COMPARED_MS = 60_000;
/** Nobody waits longer for brokers that are away. */
const ANSWER_WITHIN_MS = 8_000;

interface Reading {
  readonly atMs: number;
  readonly groups: readonly GroupStatus[];
}

const UNREAD: Lag = { readAt: null, earlierAt: null, services: [] };

const lagOfGroup = (group: GroupStatus | undefined): number | null => (group ? group.topics.reduce((sum, { lag }) => sum + lag, 0) : null);
const timeOf = (reading: Reading | undefined): string | null => (reading ? new Date(reading.atMs).toISOString() : null);

/** All services, those without a consumer group among them. */
const lagOfServices = ({ groups }: Reading, earlier: Reading | undefined): Lag['services'] => {
  const groupIn = (among: readonly GroupStatus[] | undefined, name: string): GroupStatus | undefined => among?.find(({ service }) => service === name);
  return services.map(({ name, reads }) => {
    const group = groupIn(groups, name);
    return { service: name, reads, members: group?.members ?? 0, state: group?.state ?? 'None', lag: lagOfGroup(group), earlierLag: lagOfGroup(groupIn(earlier?.groups, name)), topics: group ? [...group.topics] : [] };
  });
};

/** The lag of every service, asked for only while somebody looks. */
@Injectable()
export class LagReader {
  /** Readings of the last minute, the oldest first. */
  private readings: readonly Reading[] = [];
  private asking: Promise<void> | undefined;
  private askedAtMs = -Infinity;

  constructor(
    @Inject(KAFKA) private readonly kafka: KafkaClient,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async read(nowMs = Date.now()): Promise<Lag> {
    if (nowMs - this.askedAtMs >= FRESH_MS && !this.asking) {
      this.askedAtMs = nowMs;
      this.asking = this.ask(nowMs).finally(() => {
        this.asking = undefined;
      });
    }
    await this.answerInTime();
    const latest = this.readings.at(-1);
    // An older one would be taken for what is so now.
    if (!latest || latest.atMs < this.askedAtMs) return UNREAD;
    const earlier = this.readings.length > 1 ? this.readings[0] : undefined;
    return { readAt: timeOf(latest), earlierAt: timeOf(earlier), services: lagOfServices(latest, earlier) };
  }

  private async answerInTime(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ANSWER_WITHIN_MS);
    await Promise.race([this.asking, late]);
    clearTimeout(timer);
  }

  private async ask(nowMs: number): Promise<void> {
    try {
      const groups = await readGroups(this.kafka);
      this.readings = [...this.readings.filter(({ atMs }) => nowMs - atMs <= COMPARED_MS), { atMs: nowMs, groups }];
    } catch (error) {
      this.logger.warn('the lag of the services could not be read', describeError(error));
    }
  }
}
