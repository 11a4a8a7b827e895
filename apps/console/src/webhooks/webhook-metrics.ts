import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';

/** By name of the webhook, of which there are few. */
@Injectable()
export class WebhookMetrics {
  /** `result`: delivered, failed (will be tried again), gave_up; not_sent for events that came too old, or to a webhook that has ended. */
  readonly deliveries;
  readonly waiting;
  readonly oldest;
  readonly ended;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.deliveries = metrics.counter({ name: 'ratchet_console_webhook_deliveries_total', help: 'Requests to webhooks and what was given up, by result', labelNames: ['webhook', 'result'] });
    this.waiting = metrics.gauge({ name: 'ratchet_console_webhook_waiting', toldBy: 'leader', help: 'Events that wait to be delivered', labelNames: ['webhook'] });
    this.oldest = metrics.gauge({ name: 'ratchet_console_webhook_oldest_waiting_seconds', toldBy: 'leader', help: 'Age of the oldest event that waits to be delivered, 0 where none waits', labelNames: ['webhook'] });
    this.ended = metrics.gauge({ name: 'ratchet_console_webhook_ended', toldBy: 'leader', help: '1 where the receiver answered 410 and nothing is sent any more', labelNames: ['webhook'] });
  }
}
