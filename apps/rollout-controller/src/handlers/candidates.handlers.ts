import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { type CandidateJudged, candidateJudged, type CandidateRegistered, candidateRegistered, type VersionPublished, versionPublished } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { Rollouts } from '../shell/rollouts.js';

@Controller()
export class CandidatesHandlers {
  constructor(@Inject(Rollouts) private readonly rollouts: Rollouts) {}

  @OnEvent(candidateRegistered)
  async onRegistered({ data }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    await this.rollouts.register(tx, data);
  }

  @OnEvent(candidateJudged)
  async onJudged({ data }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    await this.rollouts.judge(tx, data);
  }

  @OnEvent(versionPublished)
  async onPublished({ data }: EventEnvelope<VersionPublished>, tx: Transaction): Promise<void> {
    await this.rollouts.experiments.learn(tx, data);
  }
}
