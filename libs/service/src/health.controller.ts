import { Controller, Get, Header, Inject, ServiceUnavailableException } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';
import { BatchWatch } from './batch-watch.js';
import { HealthDetails } from './health-details.js';
import { Readiness } from './readiness.js';

@Controller()
export class HealthController {
  private readonly isReady;

  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(HealthDetails) private readonly details: HealthDetails,
    @Inject(BatchWatch) private readonly watch: BatchWatch,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {
    this.isReady = metrics.gauge({ name: 'ratchet_ready', help: '1 where GET /health/ready says that the service is ready, 0 where something that it needs is away' });
  }

  /** Fails only where a start anew helps. */
  @Get('health/live')
  live(): { status: string } {
    const stuck = this.watch.stuck();
    if (stuck) throw new ServiceUnavailableException({ status: `${stuck.what} has been under way for ${stuck.seconds} s` });
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(): Promise<{ status: string } & Record<string, unknown>> {
    const missing = await this.readiness.missing();
    if (missing.length > 0) throw new ServiceUnavailableException({ status: missing.join('; '), ...this.details.read() });
    return { status: 'ready', ...this.details.read() };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async scrape(): Promise<string> {
    this.isReady.set((await this.readiness.missing()).length === 0 ? 1 : 0);
    return this.metrics.registry.metrics();
  }
}
