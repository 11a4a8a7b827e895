import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { type VitalsCounted, vitalsCounted } from '@ratchet/domain';
import { storable } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { noteChange } from '../live/change-feed.js';
import { addVitals } from '../persistence/console.repository.js';
import { addReportDays } from '../reports/report-days.repository.js';
import { addRunCounts } from '../rollouts/run-counts.repository.js';
import { mergeVitals } from './merge-vitals.js';
import { addVitalsByTime } from './vitals-by-time.js';

const keep = async (tx: Transaction, batch: readonly VitalsCounted[]): Promise<void> => {
  const sums = mergeVitals(storable([...batch]));
  for (const sum of sums) {
    await addVitals(tx, sum);
    await addVitalsByTime(tx, sum);
    await addReportDays(tx, sum);
    await addRunCounts(tx, sum);
  }
  noteChange(tx, 'vitals');
};

/** Everything that is kept of vitals, for a batch at once. */
@Controller()
export class VitalsHandlers {
  @OnEvent(vitalsCounted)
  async onVitals({ data }: EventEnvelope<VitalsCounted>, tx: Transaction): Promise<void> {
    tx.gather('vitals', data, (batch) => keep(tx, batch));
  }
}
