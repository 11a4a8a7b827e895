import { topicOf } from '@ratchet/contracts';
import { bundleHash, versionPublished } from '@ratchet/domain';
import type { Bundle, Target } from '@ratchet/domain';
import type { BulkTransaction } from '@ratchet/persistence';
import { type Republisher, waitingFor } from '@ratchet/service';
import { versionEventId } from './version-event-id.js';

interface VersionRow extends Target {
  readonly versionId: string;
  readonly ordinal: number;
  readonly bundle: Bundle;
  readonly parentVersion: string | null;
  readonly cycleId: string | null;
  readonly createdAt: Date;
}

/** All versions, oldest first, under the ids that their events had: whoever has handled one does not do it again. */
export class VersionRepublisher implements Republisher {
  readonly topic = topicOf(versionPublished).name;

  async republish(tx: BulkTransaction): Promise<number> {
    const rows = await tx.query<VersionRow & Record<string, unknown>>(
      `select version_id as "versionId", model, workload, ordinal, bundle, parent_version as "parentVersion", created_at as "createdAt",
         (select min(cycle_id) from cycles c where c.model = v.model and c.workload = v.workload and c.version = v.version_id) as "cycleId"
       from versions v order by created_at, ordinal`,
    );
    if ((await waitingFor(tx, this.topic)) >= rows.length) return 0;
    for (const { versionId, model, workload, ordinal, bundle, parentVersion, cycleId, createdAt } of rows) {
      const of = { versionId, model, workload, parentVersion };
      tx.emit(
        versionPublished,
        { versionId, model, workload, ordinal, bundle, contentHash: bundleHash(bundle), ...(parentVersion !== null && { parentVersion }), publishedAt: createdAt.toISOString() },
        { id: versionEventId(of), ...(cycleId !== null && { correlationId: cycleId }) },
      );
    }
    return rows.length;
  }
}
