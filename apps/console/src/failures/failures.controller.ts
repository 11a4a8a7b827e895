import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import { type FailureDetail, failureDetailSchema, failuresPageSchema, type FailuresQuery, failuresQuerySchema, type FailureSummary } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idOfPath, type PageOf } from '../http/paging.js';
import { failureDetail, failures } from './failures.repository.js';

/** Interactions that failed, each with the conversation around it and the evidence. */
@Controller('api/failures')
@Access('viewer')
export class FailuresController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @Answers(failuresPageSchema)
  failures(@Query({ schema: failuresQuerySchema }) asked: FailuresQuery): Promise<PageOf<FailureSummary>> {
    return failures(this.database, asked);
  }

  @Get(':id')
  @Answers(failureDetailSchema)
  async failure(@Param('id') id: string): Promise<FailureDetail> {
    const detail = await failureDetail(this.database, idOfPath(id, 'failure'));
    if (!detail) throw new NotFoundException(`No failure ${id} is kept: the interaction did not fail, or it is older than what CONVERSATIONS keeps, or its user was erased.`);
    return detail;
  }
}
