import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, erasureCompleted, reviewChanged } from '@ratchet/domain';
import type { Command, ErasureCompleted, ReviewChanged } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { forgetLineage } from '../lineage/forget-lineage.js';
import { LiveFeed } from '../live/live-feed.js';
import { noteChange } from '../live/change-feed.js';
import { storeErasure } from '../persistence/reviews.repository.js';
import { storeReview } from '../reviews/review-items.repository.js';

/** The review queue as people see it, and what is no longer to be shown. */
@Controller()
export class ReviewHandlers {
  constructor(@Inject(LiveFeed) private readonly live: LiveFeed) {}

  @OnEvent(reviewChanged)
  async onReview({ data }: EventEnvelope<ReviewChanged>, tx: Transaction): Promise<void> {
    await storeReview(tx, data);
    noteChange(tx, 'reviews');
  }

  @OnEvent(erasureCompleted)
  async onErasure({ data }: EventEnvelope<ErasureCompleted>, tx: Transaction): Promise<void> {
    await storeErasure(tx, data);
    noteChange(tx, 'reviews');
    await forgetLineage(tx, data);
  }

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>): Promise<void> {
    if (data.name === 'user.erase') this.live.forget(data);
  }
}
