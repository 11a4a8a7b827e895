import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { fixProposed, opportunityClosed } from '@ratchet/domain';
import type { FixProposed, OpportunityClosed } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { dropWaitingFixes, storeFix } from '../persistence/fix.repository.js';

/** Fixes that are no training wait here for their target's cycle. */
@Controller()
export class FixHandlers {
  @OnEvent(fixProposed)
  async onProposed({ data }: EventEnvelope<FixProposed>, tx: Transaction): Promise<void> {
    await storeFix(tx, data);
  }

  @OnEvent(opportunityClosed)
  async onClosed({ data }: EventEnvelope<OpportunityClosed>, tx: Transaction): Promise<void> {
    await dropWaitingFixes(tx, data.opportunityId);
  }
}
