import { Controller, Inject } from '@nestjs/common';
import { opportunityClosed, opportunityRanked } from '@ratchet/domain';
import { CONFIG, OnEvent } from '@ratchet/service';
import { StoredTexts } from '../filters/stored-texts.js';
import { GENERATE_JOB, generateJobKey } from '../generation/generate.job.js';
import { closeOpportunity, saveOpportunity } from '../persistence/opportunity.repository.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { OpportunityClosed, OpportunityRanked } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { Config } from '../config.js';

@Controller()
export class OpportunitiesHandlers {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StoredTexts) private readonly texts: StoredTexts,
  ) {}

  @OnEvent(opportunityRanked)
  async onRanked({ data }: EventEnvelope<OpportunityRanked>, tx: Transaction): Promise<void> {
    const target = { model: data.model, workload: data.workload };
    await saveOpportunity(tx, this.texts.opportunity(data));
    // The first event of an analysis sets the time; those that follow do not put it off.
    const runAt = new Date(Date.now() + this.config.GENERATE_DELAY_MS);
    await tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target), keyMode: 'preserve_run_at', runAt });
  }

  @OnEvent(opportunityClosed)
  async onClosed({ data }: EventEnvelope<OpportunityClosed>, tx: Transaction): Promise<void> {
    await closeOpportunity(tx, data);
  }
}
