import { Access } from '../http/access.js';
import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { z } from 'zod';
import { verifyChain } from '@ratchet/domain';
import { LiveFeed } from '../live/live-feed.js';
import { auditRecords } from '../persistence/console.repository.js';

const pageSchema = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) });
type Page = z.infer<typeof pageSchema>;

/** What people and scripts read; every list has a limit. */
@Controller('api')
@Access('viewer')
export class ConsoleController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LiveFeed) private readonly live: LiveFeed,
  ) {}

  @Get('status')
  async status(): Promise<object> {
    const targets = await this.database.query(`select model, workload, routing from targets order by model, workload`);
    const versions = await this.database.query(
      `select model, workload, version, sum(requests)::int as requests, sum(errors)::int as errors, sum(outcomes)::int as outcomes, sum(failures)::int as failures
       from vitals group by model, workload, version order by model, workload, version`,
    );
    const [open] = await this.database.query<{ n: number }>(`select count(*)::int as n from opportunities where closed is null`);
    const alerts = await this.database.query(`select body from alerts where resolved_at is null order by raised_at desc limit 20`);
    return { targets, versions, openOpportunities: open?.n ?? 0, alerts: alerts.map((row) => row['body']), eventsSinceStart: Object.fromEntries(this.live.counts), rejectedSinceStart: this.live.rejected };
  }

  @Get('interactions')
  interactions(@Query({ schema: pageSchema }) { limit }: Page): object {
    return { interactions: this.live.interactions(limit) };
  }

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
