import { Controller, Inject } from '@nestjs/common';
import { commandIssued, versionIdOf } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { OnEvent } from '@ratchet/service';
import { ANALYZE_JOB, analyzeJobKey } from '../analysis/analyze.job.js';
import { ensureTarget, readTarget, setChampion } from '../persistence/target.repository.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Command } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

@Controller()
export class CommandsHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    const target = { model: data.model, workload: data.workload };
    if (data.name === 'analysis.run') {
      await ensureTarget(tx, target);
      await tx.enqueue(ANALYZE_JOB, target, { key: analyzeJobKey(target) });
      this.logger.info('analysis asked for', { ...target, commandId: data.commandId, actor: data.actor });
    }
    if (data.name === 'target.adopt' && (await readTarget(tx, target)).champion === undefined) {
      await setChampion(tx, { ...target, version: versionIdOf({ ordinal: 1, bundle: data.bundle }) });
    }
  }
}
