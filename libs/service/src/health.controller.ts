import { Controller, Get, Inject, Optional, ServiceUnavailableException, Header } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { BatchWatch } from './batch-watch.js';
import { HealthDetails } from './health-details.js';

@Controller()
export class HealthController {
  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(HealthDetails) private readonly details: HealthDetails,
    @Inject(BatchWatch) private readonly watch: BatchWatch,
    @Optional() @Inject(Database) private readonly database?: Database,
  ) {}

  /** Fails only where a start anew helps. */
  @Get('health/live')
  live(): { status: string } {
    const stuck = this.watch.stuck();
    if (stuck) throw new ServiceUnavailableException({ status: `${stuck.what} has been under way for ${stuck.seconds} s` });
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(): Promise<{ status: string } & Record<string, unknown>> {
    await this.database?.query('select 1').catch(() => {
      throw new ServiceUnavailableException({ status: 'the database does not answer' });
    });
    return { status: 'ready', ...this.details.read() };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
