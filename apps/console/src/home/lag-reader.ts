import { Inject, Injectable } from '@nestjs/common';
import type { Lag } from '@ratchet/console-api';
import { type KafkaClient, readGroups } from '@ratchet/kafka';
import { describeError, Logger } from '@ratchet/observability';
import { KAFKA } from '@ratchet/service';

/** Brokers are asked no more often, however many pages are open. */
const FRESH_MS = 3_000;

/** The lag of every service, asked for only while somebody looks. */
@Injectable()
export class LagReader {
  private last: { readonly atMs: number; readonly answer: Promise<Lag> } | undefined;

  constructor(
    @Inject(KAFKA) private readonly kafka: KafkaClient,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  read(nowMs = Date.now()): Promise<Lag> {
    if (this.last && nowMs - this.last.atMs < FRESH_MS) return this.last.answer;
    const answer = this.ask();
    this.last = { atMs: nowMs, answer };
    return answer;
  }

  private async ask(): Promise<Lag> {
    try {
      const groups = await readGroups(this.kafka);
      const services = groups.map(({ service, members, state, topics }) => ({ service, members, state, lag: topics.reduce((sum, { lag }) => sum + lag, 0), topics: [...topics] }));
      return { readAt: new Date().toISOString(), services };
    } catch (error) {
      this.logger.warn('the lag of the services could not be read', describeError(error));
      return { readAt: null, services: [] };
    }
  }
}
