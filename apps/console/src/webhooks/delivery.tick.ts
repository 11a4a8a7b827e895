import type { Logger } from '@ratchet/observability';
import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { nextAttempt, type Answer } from './next-attempt.js';
import { tellDelivered, tellGaveUp } from './receiver-trouble.js';
import type { Message } from './webhook-client.js';
import type { WebhookMetrics } from './webhook-metrics.js';
import { claimDue, endWebhook, hasEnded, noteOutcome, waitingOf, type ClaimedDelivery } from './webhook.repository.js';

export interface DeliveryTickOptions {
  /** As deliveries name their receiver. */
  readonly receiver: string;
  /** Of its address: what has ended holds for it alone. */
  readonly urlHash: string;
  readonly send: (message: Message) => Promise<Answer & { readonly response?: string }>;
  readonly database: Database;
  readonly metrics: WebhookMetrics;
  readonly logger: Logger;
  readonly random?: () => number;
}

/** Well above the longest request. */
const LEASE_MS = 60_000;
const REQUESTS_AT_ONCE_MAX = 8;
/** What is left comes with the next tick: a stop waits for the one under way. */
const TICK_MS_MAX = 5_000;

/**
 * Delivers what waits for one receiver; each has a tick of its own, so that one that hangs holds up no other. Not a job of the job runner: that one knows
 * neither the order of a target's events nor what an answer means for the next try.
 */
export class DeliveryTick implements Tick {
  readonly tickName: string;
  readonly everyMs = 1_000;
  private readonly urlHash: string;
  private readonly name: string;

  constructor(private readonly options: DeliveryTickOptions) {
    this.name = options.receiver;
    this.tickName = `webhook-${this.name}`;
    this.urlHash = options.urlHash;
  }

  async tick(): Promise<void> {
    const { database, metrics } = this.options;
    const ended = await hasEnded(database, { webhook: this.name, urlHash: this.urlHash });
    metrics.ended.set({ webhook: this.name }, ended ? 1 : 0);
    for (const until = Date.now() + TICK_MS_MAX; !ended && Date.now() < until; ) {
      const due = await claimDue(database, { webhook: this.name, leaseMs: LEASE_MS, limit: REQUESTS_AT_ONCE_MAX });
      const isDelivered = await Promise.all(due.map((delivery) => this.deliver(delivery)));
      if (!isDelivered.includes(true)) break;
    }
    const { waiting, oldestSeconds } = await waitingOf(database, this.name);
    metrics.waiting.set({ webhook: this.name }, waiting);
    metrics.oldest.set({ webhook: this.name }, oldestSeconds);
  }

  /** Gives whether it arrived, so that the next one of its key may follow. */
  private async deliver(delivery: ClaimedDelivery): Promise<boolean> {
    const { send, database, metrics, logger, random = Math.random } = this.options;
    const { messageId, attempts, ageMs, type } = delivery;
    const answer = await send({ id: messageId, body: delivery.body });
    const next = nextAttempt({ answer, attempts, ageMs, random: random() });
    const facts = { webhook: this.name, webhookId: messageId, type, attempts, ...('status' in answer ? { status: answer.status } : { error: answer.error }) };
    await noteOutcome(database, delivery, {
      state: next.state,
      ...(next.state === 'waiting' && { waitMs: next.waitMs }),
      ...('status' in answer ? { status: answer.status } : { error: answer.error }),
      ...(next.state === 'gave_up' && { error: next.reason }),
      ...(answer.response !== undefined && { response: answer.response }),
    });
    metrics.deliveries.inc({ webhook: this.name, result: next.state === 'waiting' ? 'failed' : next.state });
    if (next.state === 'gave_up') {
      logger.error('a webhook gave up an event', { ...facts, reason: next.reason });
      if (next.reason === 'gone') await this.end();
    } else if (next.state === 'waiting') {
      logger.warn('a webhook failed and will be tried again', { ...facts, waitMs: next.waitMs });
    }
    if (next.state !== 'waiting') await this.tellTrouble(delivery, next.state);
    return next.state === 'delivered';
  }

  /** A receiver that gets nothing is an alert for the others. */
  private async tellTrouble({ type, workload }: ClaimedDelivery, state: 'delivered' | 'gave_up'): Promise<void> {
    await this.options.database.transaction((tx) => (state === 'delivered' ? tellDelivered(tx, this.name) : tellGaveUp(tx, { receiver: this.name, type, workload })));
  }

  private async end(): Promise<void> {
    const given = await this.options.database.transaction((tx) => endWebhook(tx, { webhook: this.name, urlHash: this.urlHash }));
    this.options.metrics.deliveries.inc({ webhook: this.name, result: 'gave_up' }, given);
    this.options.logger.error('a webhook has ended: its receiver answered 410, and nothing more is sent to this address', { webhook: this.name, given });
  }
}
