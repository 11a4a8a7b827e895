import { Controller, Get, Inject, Query } from '@nestjs/common';
import { type NewestInteractions, newestInteractionsSchema, type NewestQuery, newestQuerySchema, type Status, statusSchema } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { LiveFeed } from '../live/live-feed.js';
import { readStatus } from './status.repository.js';

/** What scripts ask for. */
@Controller('api')
@Access('viewer')
export class StatusController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LiveFeed) private readonly live: LiveFeed,
  ) {}

  @Get('status')
  @Answers(statusSchema)
  async status(): Promise<Status> {
    return { ...(await readStatus(this.database)), eventsSinceStart: Object.fromEntries(this.live.counts), rejectedSinceStart: this.live.rejected };
  }

  @Get('interactions')
  @Answers(newestInteractionsSchema)
  interactions(@Query({ schema: newestQuerySchema }) { limit }: NewestQuery): NewestInteractions {
    return { interactions: this.live.interactions(limit) };
  }
}
