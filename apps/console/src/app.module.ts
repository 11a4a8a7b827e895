import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ConsoleController } from './api/console.controller.js';
import { ReviewsController } from './api/reviews.controller.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { BudgetsHandlers } from './budgets/budgets.handlers.js';
import { CycleHandlers } from './handlers/cycle.handlers.js';
import { ReviewHandlers } from './handlers/review.handlers.js';
import { StateHandlers } from './handlers/state.handlers.js';
import { LiveFeed } from './live/live-feed.js';
import { PageController } from './page/page.controller.js';

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [ConsoleController, BudgetsController, ReviewsController, PageController, BudgetsHandlers, CycleHandlers, StateHandlers, ReviewHandlers],
      providers: [LiveFeed],
    };
  }
}
