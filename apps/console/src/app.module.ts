import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG, WORK, type Work } from '@ratchet/service';
import { ConsoleController } from './api/console.controller.js';
import { ReviewsController } from './api/reviews.controller.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { BudgetsHandlers } from './budgets/budgets.handlers.js';
import { CycleHandlers } from './handlers/cycle.handlers.js';
import { ReviewHandlers } from './handlers/review.handlers.js';
import { StateHandlers } from './handlers/state.handlers.js';
import { LiveFeed } from './live/live-feed.js';
import { PageController } from './page/page.controller.js';
import { PruneDeliveriesTick } from './webhooks/prune-deliveries.tick.js';
import { WebhookMetrics } from './webhooks/webhook-metrics.js';
import { WebhookQueue } from './webhooks/webhook-queue.js';
import { WebhookTick } from './webhooks/webhook.tick.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { WebhooksHandlers } from './webhooks/webhooks.handlers.js';
import type { Config } from './config.js';

const workOf = (config: Config, database: Database, metrics: WebhookMetrics, logger: Logger): Work => ({
  ticks: [new PruneDeliveriesTick(database), ...config.WEBHOOKS.map((webhook) => new WebhookTick({ webhook, database, metrics, logger }))],
});

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [ConsoleController, BudgetsController, ReviewsController, WebhooksController, PageController, BudgetsHandlers, CycleHandlers, StateHandlers, ReviewHandlers, WebhooksHandlers],
      providers: [LiveFeed, WebhookQueue, WebhookMetrics, { provide: WORK, useFactory: workOf, inject: [CONFIG, Database, WebhookMetrics, Logger] }],
    };
  }
}
