import { Controller, Get, Inject } from '@nestjs/common';
import { webhooksShownSchema } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import type { Webhook } from './webhook-config.js';
import { urlHashOf } from './webhook-queue.js';
import { hasEnded, lastDeliveries, waitingOf } from './webhook.repository.js';

const DELIVERIES_MAX = 20;

/** What operators read; neither secrets nor more of an address than its origin, as a path may be a secret, too. */
@Controller('api')
@Access('viewer')
export class WebhooksController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
  ) {}

  @Get('webhooks')
  @Answers(webhooksShownSchema)
  async webhooks(): Promise<object> {
    return { webhooks: await Promise.all(this.config.WEBHOOKS.map((webhook) => this.show(webhook))) };
  }

  private async show(webhook: Webhook): Promise<object> {
    const { name, url, events, workloads, secret } = webhook;
    return {
      name,
      origin: new URL(url).origin,
      events,
      ...(workloads && { workloads }),
      signed: secret !== undefined,
      ended: await hasEnded(this.database, { webhook: name, urlHash: urlHashOf(webhook) }),
      ...(await waitingOf(this.database, name)),
      last: await lastDeliveries(this.database, name, DELIVERIES_MAX),
    };
  }
}
