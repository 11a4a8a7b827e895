import { Controller, Get, Inject } from '@nestjs/common';
import { budgetsSchema } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';

/** Targets times components; more than a page shows. */
const ROWS_MAX = 500;

@Controller('api')
@Access('viewer')
export class BudgetsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** What components spent and what they wait for, the newest first. */
  @Get('budgets')
  @Answers(budgetsSchema)
  async budgets(): Promise<object> {
    return { budgets: (await this.database.query('select body from budgets order by changed_at desc limit $1', [ROWS_MAX])).map((row) => row['body']) };
  }
}
