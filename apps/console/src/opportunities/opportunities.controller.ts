import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import {
  opportunitiesPageSchema, type OpportunitiesQuery, opportunitiesQuerySchema, type OpportunityDetail, opportunityDetailSchema, type OpportunityHistory, opportunityHistorySchema, type OpportunityMap, type OpportunityMapQuery,
  opportunityMapQuerySchema, opportunityMapSchema, type OpportunitySummary,
} from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idOfPath, type PageOf } from '../http/paging.js';
import { opportunities, opportunityDetail } from './opportunities.repository.js';
import { historyOf } from './opportunity-history.repository.js';
import { opportunityMap } from './opportunity-map.repository.js';

/** Clusters of failures, each with its root cause, fix and priority. */
@Controller('api/opportunities')
@Access('viewer')
export class OpportunitiesController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @Answers(opportunitiesPageSchema)
  opportunities(@Query({ schema: opportunitiesQuerySchema }) asked: OpportunitiesQuery): Promise<PageOf<OpportunitySummary>> {
    return opportunities(this.database, asked);
  }

  @Get('map')
  @Answers(opportunityMapSchema)
  map(@Query({ schema: opportunityMapQuerySchema }) asked: OpportunityMapQuery): Promise<OpportunityMap> {
    return opportunityMap(this.database, asked);
  }

  @Get(':id')
  @Answers(opportunityDetailSchema)
  async opportunity(@Param('id') id: string): Promise<OpportunityDetail> {
    const detail = await opportunityDetail(this.database, idOfPath(id, 'opportunity'));
    if (!detail) throw new NotFoundException(`There is no opportunity ${id}.`);
    return detail;
  }

  @Get(':id/history')
  @Answers(opportunityHistorySchema)
  async history(@Param('id') id: string): Promise<OpportunityHistory> {
    const history = await historyOf(this.database, idOfPath(id, 'opportunity'));
    if (!history) throw new NotFoundException(`There is no opportunity ${id}.`);
    return history;
  }
}
