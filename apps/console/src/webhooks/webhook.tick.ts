import { DeliveryTick, type DeliveryTickOptions } from './delivery.tick.js';
import { postMessage } from './webhook-client.js';
import type { Webhook } from './webhook-config.js';
import { urlHashOf } from './webhook-queue.js';

export interface WebhookTickOptions extends Omit<DeliveryTickOptions, 'receiver' | 'urlHash' | 'send'> {
  readonly webhook: Webhook;
  readonly post?: typeof postMessage;
}

/** Delivers events to one signed webhook. */
export class WebhookTick extends DeliveryTick {
  constructor({ webhook, post = postMessage, ...options }: WebhookTickOptions) {
    super({ ...options, receiver: webhook.name, urlHash: urlHashOf(webhook), send: (message) => post(webhook, message, Date.now()) });
  }
}
