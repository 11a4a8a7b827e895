import { Access } from '../http/access.js';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { cohenKappa } from '@ratchet/stats';
import { z } from 'zod';
import { erasures, pairsOfReviewers, reviewCounts, reviews } from '../persistence/reviews.repository.js';

const querySchema = z.object({
  state: z.enum(['waiting', 'approved', 'rejected', 'withdrawn']).optional(),
  model: z.string().min(1).max(200).optional(),
  workload: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
type Asked = z.infer<typeof querySchema>;

/** What reviewers and those who answer for users' data read; every list has a limit. */
@Controller('api')
@Access('viewer')
export class ReviewsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('reviews')
  async reviews(@Query({ schema: querySchema }) asked: Asked): Promise<object> {
    const pairs = await pairsOfReviewers(this.database);
    const n = pairs.bothYes + pairs.onlyFirst + pairs.onlySecond + pairs.bothNo;
    const agreement = cohenKappa(pairs);
    return {
      counts: await reviewCounts(this.database),
      agreement: { n, observed: n === 0 ? null : (pairs.bothYes + pairs.bothNo) / n, kappa: agreement?.kappa ?? null, lower: agreement?.lower ?? null, upper: agreement?.upper ?? null },
      reviews: await reviews(this.database, asked),
    };
  }

  @Get('erasures')
  async erasures(@Query({ schema: querySchema.pick({ limit: true }) }) { limit }: Pick<Asked, 'limit'>): Promise<object> {
    return { erasures: await erasures(this.database, limit) };
  }
}
