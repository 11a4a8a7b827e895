import { BadRequestException, Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import {
  type Caller as CallerFacts, erasuresPageSchema, type ErasuresQuery, erasuresQuerySchema, type ReviewProgress, reviewProgressSchema, reviewsByIdQuerySchema, reviewsByIdSchema, reviewsPageSchema, type ReviewsQuery, reviewsQuerySchema,
  type ShownReview, shownReviewSchema,
} from '@ratchet/console-api';
import { Database, storable } from '@ratchet/persistence';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idOfPath, type PageOf } from '../http/paging.js';
import { erasures } from '../persistence/reviews.repository.js';
import { reviewItems, reviewItemsOf } from '../reviews/review-items.repository.js';
import { reviewProgress } from '../reviews/review-progress.repository.js';

const IDS_MAX = 200;

/** What reviewers and those who answer for users' data read; every list has a limit. */
@Controller('api')
@Access('viewer')
export class ReviewsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('reviews')
  @Answers(reviewsPageSchema)
  reviews(@Query({ schema: reviewsQuerySchema }) asked: ReviewsQuery, @Caller() { name }: CallerFacts): Promise<PageOf<ShownReview>> {
    return reviewItems(this.database, asked, name);
  }

  @Get('reviews/progress')
  @Answers(reviewProgressSchema)
  progress(@Caller() { name }: CallerFacts): Promise<ReviewProgress> {
    return reviewProgress(this.database, name);
  }

  @Get('reviews/by-id')
  @Answers(reviewsByIdSchema)
  async byId(@Query({ schema: reviewsByIdQuerySchema }) { ids }: { ids: string }, @Caller() { name }: CallerFacts): Promise<{ items: ShownReview[] }> {
    const asked = [...new Set(storable(ids).split(','))];
    if (asked.length > IDS_MAX) throw new BadRequestException(`ids: at most ${IDS_MAX} at once.`);
    return { items: await reviewItemsOf(this.database, asked, name) };
  }

  @Get('reviews/:id')
  @Answers(shownReviewSchema)
  async review(@Param('id') id: string, @Caller() { name }: CallerFacts): Promise<ShownReview> {
    const [found] = await reviewItemsOf(this.database, [idOfPath(id, 'review item')], name);
    if (!found) throw new NotFoundException(`There is no review item ${id}.`);
    return found;
  }

  @Get('erasures')
  @Answers(erasuresPageSchema)
  async erasures(@Query({ schema: erasuresQuerySchema }) asked: ErasuresQuery): Promise<object> {
    return erasures(this.database, asked);
  }
}
