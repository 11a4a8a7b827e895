import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { toStructured, type EventEnvelope } from '@ratchet/contracts';
import { targetKey } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { GAVE_UP } from './receiver-trouble.js';
import { GIVE_UP_AFTER_MS } from './next-attempt.js';
import { wants, type Webhook } from './webhook-config.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { addDelivery, hasEnded } from './webhook.repository.js';

/** An id as a header may hold it and a signature needs it, without a dot: ours are UUIDs, and others' ids are known by a derived one. */
export const messageIdOf = ({ id, source }: Pick<EventEnvelope, 'id' | 'source'>): string => (/^[\w-]{1,64}$/u.test(id) ? id : derivedId('webhook', source, id));

export const urlHashOf = ({ url }: Webhook): string => createHash('sha256').update(url).digest('hex');

/** What a webhook may be told of. */
export type Told = { readonly workload: string } & ({ readonly alertId: string } | { readonly experimentId: string } | { readonly model: string });

/** Events of one alert, of one experiment, or of one target's versions are told in order. Alerts do not wait for each other, since one that is late helps nobody. */
const orderingKeyOf = (data: Told): string => {
  const parts = 'alertId' in data ? ['alert', data.alertId] : 'experimentId' in data ? ['experiment', data.experimentId] : ['target', targetKey(data)];
  // Names and ids may hold what text in a database does not.
  return derivedId('webhook-order', ...parts);
};

/** No alert follows from an alert that cannot be told. */
const isAboutDelivery = (data: Told): boolean => 'name' in data && data.name === GAVE_UP;

/** Notes, with an event's other effects, which webhooks are to be told of it. */
@Injectable()
export class WebhookQueue {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(WebhookMetrics) private readonly metrics: WebhookMetrics,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async add(tx: Transaction, event: EventEnvelope<Told>): Promise<void> {
    const wanted = this.config.WEBHOOKS.filter((webhook) => wants(webhook, event.type, event.data.workload));
    if (wanted.length === 0) return;
    const messageId = messageIdOf(event);
    // A console that begins with an empty database reads a year of promotions: nobody waits for those.
    const isOld = Date.now() - Date.parse(event.time) > GIVE_UP_AFTER_MS;
    for (const webhook of wanted) {
      if (isOld || (await hasEnded(tx, { webhook: webhook.name, urlHash: urlHashOf(webhook) }))) {
        this.metrics.deliveries.inc({ webhook: webhook.name, result: 'not_sent' });
        this.logger.info('a webhook is not told of an event', { webhook: webhook.name, webhookId: messageId, reason: isOld ? 'too_old' : 'gone' });
      } else {
        await addDelivery(tx, { webhook: webhook.name, messageId, type: event.type, orderingKey: orderingKeyOf(event.data), body: JSON.stringify(toStructured(event)), workload: event.data.workload, isAboutDelivery: isAboutDelivery(event.data) });
      }
    }
  }
}
