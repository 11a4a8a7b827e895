import { Controller } from '@nestjs/common';
import { commandIssued, type Command } from '@ratchet/domain';
import { OnEvent } from '@ratchet/service';
import { GENERATE_JOB, generateJobKey } from '../generation/generate.job.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Transaction } from '@ratchet/persistence';

@Controller()
export class GenerationCommandsHandlers {
  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name !== 'generation.run') return;
    const target = { model: data.model, workload: data.workload };
    await tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target) });
  }
}
