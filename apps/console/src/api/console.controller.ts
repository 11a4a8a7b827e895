import { Access } from '../http/access.js';
import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { z } from 'zod';
import { verifyChain } from '@ratchet/domain';
import { auditRecords } from '../persistence/console.repository.js';

const pageSchema = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) });
type Page = z.infer<typeof pageSchema>;

/** What people and scripts read; every list has a limit. */
@Controller('api')
@Access('viewer')
export class ConsoleController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('opportunities')
  async opportunities(@Query({ schema: pageSchema }) { limit }: Page): Promise<object> {
    return { opportunities: (await this.database.query(`select body from opportunities where closed is null order by priority desc limit $1`, [limit])).map((row) => row['body']) };
  }

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
