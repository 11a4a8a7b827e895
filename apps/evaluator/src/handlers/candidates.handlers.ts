import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateRegistered } from '@ratchet/domain';
import type { CandidateRegistered } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { JUDGE_CANDIDATE } from '../judging/judge-candidate.job.js';
import { JudgementsRepository } from '../persistence/judgements.repository.js';

@Controller()
export class CandidatesHandlers {
  constructor(private readonly judgements: JudgementsRepository) {}

  @OnEvent(candidateRegistered)
  async onRegistered(event: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    const { cycleId } = event.data;
    if (await this.judgements.open(tx, event.data, event.id)) await tx.enqueue(JUDGE_CANDIDATE, { cycleId }, { key: `${JUDGE_CANDIDATE}:${cycleId}` });
  }
}
