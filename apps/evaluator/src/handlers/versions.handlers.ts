import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { versionPromoted, versionPublished, versionRolledBack } from '@ratchet/domain';
import type { VersionPromoted, VersionPublished, VersionRolledBack } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { StreamsRepository } from '../persistence/streams.repository.js';
import { SuitesRepository } from '../persistence/suites.repository.js';
import { VersionsRepository } from '../persistence/versions.repository.js';

@Controller()
export class VersionsHandlers {
  constructor(
    private readonly versions: VersionsRepository,
    private readonly suites: SuitesRepository,
    private readonly streams: StreamsRepository,
  ) {}

  @OnEvent(versionPublished)
  async onPublished(event: EventEnvelope<VersionPublished>, tx: Transaction): Promise<void> {
    await this.versions.publish(tx, event.data);
  }

  /** The ratchet: what this cycle repaired is asked of every later candidate of the target. */
  @OnEvent(versionPromoted)
  async onPromoted({ data }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    await this.versions.crown(tx, { model: data.model, workload: data.workload, versionId: data.version, since: data.promotedAt });
    await this.suites.markFixed(tx, data);
    // With all of the traffic a version answers other people than in its rollout: what is usual for it is learnt anew.
    await this.streams.restart(tx, data);
  }

  @OnEvent(versionRolledBack)
  async onRolledBack({ data }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    await this.versions.dethrone(tx, { model: data.model, workload: data.workload, versionId: data.version, previousVersionId: data.previousVersion, since: data.rolledBackAt });
  }
}
