import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { DynamicModule } from '@nestjs/common';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG, WORK, type Work } from '@ratchet/service';
import { AccessController } from './access/access.controller.js';
import { FirstAdmin } from './access/first-admin.js';
import { Limits } from './access/limits.js';
import { PeopleService } from './access/people.service.js';
import { Provider } from './access/provider.js';
import { PruneSessionsTick } from './access/prune-sessions.tick.js';
import { SignInController } from './access/sign-in.controller.js';
import { SignInService } from './access/sign-in.service.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { AlertsHandlers } from './alerts/alerts.handlers.js';
import { sendToChannel } from './alerts/channel-client.js';
import { addressHashOf, receiverOf } from './alerts/channel-config.js';
import { ChannelQueue } from './alerts/channel-queue.js';
import { ReportsController } from './reports/reports.controller.js';
import { ReportsHandlers } from './reports/reports.handlers.js';
import { DeliveryTick } from './webhooks/delivery.tick.js';
import { AnchorTick } from './audit/anchor.tick.js';
import { AuditRepublisher } from './audit/audit-republisher.js';
import { AuditController } from './audit/audit.controller.js';
import { DecisionsHandlers } from './audit/decisions.handlers.js';
import { CallerController } from './api/caller.controller.js';
import { CommandSender } from './commands/command-sender.js';
import { CommandsController } from './commands/commands.controller.js';
import { ReviewsController } from './api/reviews.controller.js';
import { BudgetMetricsTick } from './budgets/budget-metrics.tick.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { BudgetsHandlers } from './budgets/budgets.handlers.js';
import { CycleHandlers } from './handlers/cycle.handlers.js';
import { FixTimeHandlers } from './handlers/fix-time.handlers.js';
import { ReviewHandlers } from './handlers/review.handlers.js';
import { StateHandlers } from './handlers/state.handlers.js';
import { AccessGuard } from './http/access.guard.js';
import { Callers } from './http/callers.js';
import { OpenApiController, OpenApiDocument } from './http/open-api.controller.js';
import { ChangeFeed } from './live/change-feed.js';
import { LiveController } from './live/live.controller.js';
import { FailuresController } from './failures/failures.controller.js';
import { FailuresHandlers } from './failures/failures.handlers.js';
import { PruneFailuresTick } from './failures/prune-failures.tick.js';
import { HomeController } from './home/home.controller.js';
import { LagReader } from './home/lag-reader.js';
import { StatusController } from './home/status.controller.js';
import { PruneVitalsTick } from './home/prune-vitals.tick.js';
import { LiveFeed } from './live/live-feed.js';
import { CyclesController } from './lineage/cycles.controller.js';
import { DatasetsController } from './lineage/datasets.controller.js';
import { LineageHandlers } from './lineage/lineage.handlers.js';
import { VersionsController } from './lineage/versions.controller.js';
import { PageController } from './page/page.controller.js';
import { ExperimentsController } from './rollouts/experiments.controller.js';
import { RolloutsController } from './rollouts/rollouts.controller.js';
import { RolloutsHandlers } from './rollouts/rollouts.handlers.js';
import { PruneDeliveriesTick } from './webhooks/prune-deliveries.tick.js';
import { OpportunitiesController } from './opportunities/opportunities.controller.js';
import { PruneHistoryTick } from './opportunities/prune-history.tick.js';
import { VitalsHandlers } from './vitals/vitals.handlers.js';
import { WebhookMetrics } from './webhooks/webhook-metrics.js';
import { WebhookQueue } from './webhooks/webhook-queue.js';
import { WebhookTick } from './webhooks/webhook.tick.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { WebhooksHandlers } from './webhooks/webhooks.handlers.js';
import type { Config } from './config.js';

const workOf = (config: Config, database: Database, deliveries: WebhookMetrics, metrics: Metrics, logger: Logger): Work => ({
  republishers: [new AuditRepublisher(config.AUDIT_ANCHOR_KEY_FILE)],
  ticks: [
    new AnchorTick({ database, everyMs: config.AUDIT_ANCHOR_EVERY_MS, key: config.AUDIT_ANCHOR_KEY_FILE, logger }),
    new BudgetMetricsTick(database, metrics),
    new PruneDeliveriesTick(database),
    new PruneVitalsTick(database),
    new PruneHistoryTick(database),
    new PruneFailuresTick(database, config.CONVERSATIONS),
    new PruneSessionsTick(database, config.SESSION_IDLE_MINUTES),
    ...config.WEBHOOKS.map((webhook) => new WebhookTick({ webhook, database, metrics: deliveries, logger })),
    ...config.ALERT_CHANNELS.map((channel) => new DeliveryTick({ receiver: receiverOf(channel), urlHash: addressHashOf(channel), send: (message) => sendToChannel(channel, message), database, metrics: deliveries, logger })),
  ],
});

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        AccessController,
        SignInController,
        CallerController,
        CommandsController,
        LiveController,
        OpenApiController,
        HomeController,
        OpportunitiesController,
        FailuresController,
        StatusController,
        AuditController,
        BudgetsController,
        ReviewsController,
        WebhooksController,
        PageController,
        CyclesController,
        DatasetsController,
        VersionsController,
        RolloutsController,
        ExperimentsController,
        AlertsController,
        ReportsController,
        // What they hear of. Each event is given to them in this order: what was decided is told beside what was known before.
        DecisionsHandlers,
        VitalsHandlers,
        BudgetsHandlers,
        CycleHandlers,
        StateHandlers,
        ReviewHandlers,
        WebhooksHandlers,
        LineageHandlers,
        RolloutsHandlers,
        AlertsHandlers,
        ReportsHandlers,
        FailuresHandlers,
        FixTimeHandlers,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        Callers,
        FirstAdmin,
        Limits,
        PeopleService,
        Provider,
        SignInService,
        ChangeFeed,
        CommandSender,
        OpenApiDocument,
        LagReader,
        LiveFeed,
        WebhookQueue,
        WebhookMetrics,
        ChannelQueue,
        { provide: WORK, useFactory: workOf, inject: [CONFIG, Database, WebhookMetrics, Metrics, Logger] },
      ],
    };
  }
}
