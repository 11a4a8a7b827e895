import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import {
  type BudgetChanged, budgetChanged, opportunityClosed, type OpportunityClosed, opportunityRanked, type OpportunityRanked, reviewChanged, type ReviewChanged, routingChanged, type RoutingChanged,
} from '@ratchet/domain';
import type { Area } from '@ratchet/console-api';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { noteChange } from '../live/change-feed.js';

/** Once for a batch, however many of its events say so. */
const noteOnce = (tx: Transaction, area: Area): void => tx.atEnd(`home: ${area} changed`, () => noteChange(tx, area));

/** What the home page follows. */
@Controller()
export class HomeHandlers {
  @OnEvent(opportunityRanked)
  async onRanked(_: EventEnvelope<OpportunityRanked>, tx: Transaction): Promise<void> {
    noteOnce(tx, 'opportunities');
  }

  @OnEvent(opportunityClosed)
  async onClosed(_: EventEnvelope<OpportunityClosed>, tx: Transaction): Promise<void> {
    noteOnce(tx, 'opportunities');
  }

  @OnEvent(reviewChanged)
  async onReview(_: EventEnvelope<ReviewChanged>, tx: Transaction): Promise<void> {
    noteOnce(tx, 'reviews');
  }

  @OnEvent(routingChanged)
  async onRouting(_: EventEnvelope<RoutingChanged>, tx: Transaction): Promise<void> {
    noteOnce(tx, 'targets');
  }

  @OnEvent(budgetChanged)
  async onBudget(_: EventEnvelope<BudgetChanged>, tx: Transaction): Promise<void> {
    noteOnce(tx, 'budgets');
  }
}
