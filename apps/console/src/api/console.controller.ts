import { Access } from '../http/access.js';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { verifyChain } from '@ratchet/domain';
import { auditRecords } from '../persistence/console.repository.js';

/** What people and scripts read; every list has a limit. */
@Controller('api')
@Access('viewer')
export class ConsoleController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('audit')
  async audit(): Promise<object> {
    const records = await auditRecords(this.database);
    return { verdict: verifyChain(records), records };
  }

  /** JSON lines, oldest first. */
  @Get('audit/export')
  @Header('content-type', 'application/x-ndjson')
  async export(): Promise<string> {
    return (await auditRecords(this.database)).map((record) => `${JSON.stringify(record)}\n`).join('');
  }
}
