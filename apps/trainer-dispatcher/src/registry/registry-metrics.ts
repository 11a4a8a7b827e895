import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { versionCounts } from './registry.repository.js';

const COUNT_EVERY_MS = 30_000;

/** Shows how many versions each target has, and where they stand. */
@Injectable()
export class RegistryMetrics implements Tick {
  readonly tickName = 'registry-metrics';
  readonly everyMs = COUNT_EVERY_MS;
  private readonly versions;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.versions = metrics.gauge({ name: 'ratchet_registry_versions', toldBy: 'leader', help: 'Versions of a target, by where they stand', labelNames: ['model', 'workload', 'state'] });
  }

  async tick(): Promise<void> {
    const counts = await versionCounts(this.database);
    this.versions.reset();
    for (const { n, ...labels } of counts) this.versions.set(labels, n);
  }
}
