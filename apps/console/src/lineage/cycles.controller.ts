import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import { type Caller as CallerFacts, type ChangedItemsAnswer, changedItemsAnswerSchema, type CycleDetail, cycleDetailSchema, cyclesPageSchema, type CyclesQuery, cyclesQuerySchema, type CycleSummary, type Decision, decisionsPageSchema, type DecisionsQuery, decisionsQuerySchema } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { changesOfCycle, cycleDetail, cycleRow, cyclesPage, decisionsPage } from './cycles.repository.js';
import { idOfPath, type PageOf } from '../http/paging.js';

@Controller('api')
@Access('viewer')
export class CyclesController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('cycles')
  @Answers(cyclesPageSchema)
  cycles(@Query({ schema: cyclesQuerySchema }) asked: CyclesQuery): Promise<PageOf<CycleSummary>> {
    return cyclesPage(this.database, asked);
  }

  /** One cycle with its run, loss curve, gate report and decisions. */
  @Get('cycles/:id')
  @Answers(cycleDetailSchema)
  async cycle(@Param('id') id: string): Promise<CycleDetail> {
    const cycle = await cycleDetail(this.database, idOfPath(id, 'cycle'));
    if (!cycle) throw new NotFoundException(`There is no cycle ${id}.`);
    return cycle;
  }

  /** The items that got better and worse, as its verdict tells of them. */
  @Get('cycles/:id/changes')
  @Answers(changedItemsAnswerSchema)
  async changes(@Param('id') id: string): Promise<ChangedItemsAnswer> {
    if (!(await cycleRow(this.database, idOfPath(id, 'cycle')))) throw new NotFoundException(`There is no cycle ${id}.`);
    return changesOfCycle(this.database, id);
  }

  /** Newest first; without what reviewers said of items that wait for the second opinion of the one who asks. */
  @Get('decisions')
  @Answers(decisionsPageSchema)
  decisions(@Query({ schema: decisionsQuerySchema }) asked: DecisionsQuery, @Caller() { name }: CallerFacts): Promise<PageOf<Decision>> {
    return decisionsPage(this.database, asked, name);
  }
}
