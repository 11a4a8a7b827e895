import { Controller, Get, Inject, Query } from '@nestjs/common';
import { type FailureRates, type FailureRatesQuery, failureRatesQuerySchema, failureRatesSchema, type Home, homeSchema, type Lag, lagSchema } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { LagReader } from './lag-reader.js';
import { readLoop } from './loop.repository.js';
import { readNeeds } from './needs.repository.js';
import { failureRates } from '../vitals/vitals-by-time.js';

/** What the loop does now, and what it needs of people. */
@Controller('api')
@Access('viewer')
export class HomeController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LagReader) private readonly lagReader: LagReader,
  ) {}

  @Get('home')
  @Answers(homeSchema)
  async home(): Promise<Home> {
    const [loop, needs] = await Promise.all([readLoop(this.database), readNeeds(this.database)]);
    return { loop, needs };
  }

  @Get('failure-rates')
  @Answers(failureRatesSchema)
  failureRates(@Query({ schema: failureRatesQuerySchema }) asked: FailureRatesQuery): Promise<FailureRates> {
    return failureRates(this.database, asked, Date.now());
  }

  @Get('lag')
  @Answers(lagSchema)
  lag(): Promise<Lag> {
    return this.lagReader.read();
  }
}
