import { Controller, Inject } from '@nestjs/common';
import { candidateRegistered, commandIssued } from '@ratchet/domain';
import { OnEvent } from '@ratchet/service';
import { UserEraser } from '../datasets/user-eraser.js';
import { GENERATE_JOB, generateJobKey } from '../generation/generate.job.js';
import { recordVersion } from '../persistence/dataset.repository.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateRegistered, Command } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

/** What a user asks to be forgotten, and what is needed to say which versions knew it. */
@Controller()
export class ErasureHandlers {
  constructor(@Inject(UserEraser) private readonly eraser: UserEraser) {}

  @OnEvent(commandIssued)
  async onCommand({ data, id }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name !== 'user.erase') return;
    await this.eraser.erase(tx, data, id);
    // What too few agree on now may wait for reviewers.
    const target = { model: data.model, workload: data.workload };
    await tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target) });
  }

  @OnEvent(candidateRegistered)
  async onRegistered({ data }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    await recordVersion(tx, data);
  }
}
