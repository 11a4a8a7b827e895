import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { bundleHash, candidateJudged, commandIssued, rolloutAdvanced, versionIdOf, versionPromoted, versionPublished, versionRolledBack } from '@ratchet/domain';
import type { CandidateJudged, Command, RolloutAdvanced, VersionPromoted, VersionRolledBack } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { crownChampion, endCycle, insertTarget, insertVersion, moveCycle } from '../persistence/trainer.repository.js';
import { versionEventId } from '../registry/version-event-id.js';
import { CycleStarter } from '../training/cycle-starter.js';
import { TrainingRuns } from '../training/training-runs.js';
import { watchDispute } from './champion-dispute.js';

/** A cycle's way after training, and what people command. */
@Controller()
export class CycleHandlers {
  constructor(
    @Inject(CycleStarter) private readonly starter: CycleStarter,
    @Inject(TrainingRuns) private readonly runs: TrainingRuns,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  @OnEvent(commandIssued)
  async onCommand({ data, id }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name === 'target.adopt') await this.adopt(data, id, tx);
    if (data.name === 'training.run') await this.starter.startByCommand(tx, { model: data.model, workload: data.workload }, data.reason, id);
    if (data.name === 'training.cancel') await this.runs.cancel(tx, data);
    if (data.name === 'candidate.reject') await this.rejectCandidate(data, tx);
  }

  @OnEvent(candidateJudged)
  async onJudged({ data }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    const { cycleId, outcome, awaits } = data;
    if (outcome === 'passed') await moveCycle(tx, { cycleId, state: 'rollout' });
    // The examples stay with the candidate until somebody has decided about it.
    else if (outcome === 'insufficient' && awaits === 'person') await moveCycle(tx, { cycleId, state: 'awaiting_person' });
    else await watchDispute(tx, data, () => endCycle(tx, cycleId, outcome === 'failed' ? 'rejected' : outcome));
  }

  @OnEvent(versionPromoted)
  async onPromoted({ data }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    await watchDispute(tx, data, async () => {
      await crownChampion(tx, data, data.version);
      await endCycle(tx, data.cycleId, 'promoted');
    });
  }

  /** A candidate whose champion has gone is not shipped: its data is free for the next cycle. */
  @OnEvent(rolloutAdvanced)
  async onAdvanced({ data }: EventEnvelope<RolloutAdvanced>, tx: Transaction): Promise<void> {
    if (data.to === 'SUPERSEDED') await watchDispute(tx, data, () => endCycle(tx, data.cycleId, 'superseded'));
    if (data.to === 'CANCELLED') await watchDispute(tx, data, () => endCycle(tx, data.cycleId, data.actor.startsWith('human:') ? 'rejected' : 'insufficient'));
    if (data.from === 'AWAITING_APPROVAL' && data.to === 'DRAFT') await moveCycle(tx, { cycleId: data.cycleId, state: 'rollout' });
  }

  /** Also after a promotion, when a person takes the former champion back. */
  @OnEvent(versionRolledBack)
  async onRolledBack({ data }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    await watchDispute(tx, data, async () => {
      await crownChampion(tx, data, data.previousVersion);
      await endCycle(tx, data.cycleId, 'rolled_back');
    });
  }

  private async rejectCandidate({ model, workload, version }: Extract<Command, { name: 'candidate.reject' }>, tx: Transaction): Promise<void> {
    const rows = await tx.query<{ cycle_id: string }>(`select cycle_id from cycles where model = $1 and workload = $2 and version = $3 and ended_at is null`, [model, workload, version]);
    await watchDispute(tx, { model, workload }, async () => {
      for (const { cycle_id } of rows) await endCycle(tx, cycle_id, 'rejected');
    });
  }

  private async adopt({ model, workload, bundle }: Extract<Command, { name: 'target.adopt' }>, causationId: string, tx: Transaction): Promise<void> {
    const target = { model, workload };
    const versionId = versionIdOf({ ordinal: 1, bundle });
    if (!(await insertTarget(tx, target, versionId))) return this.logger.warn('not adopted: the target has a champion', target);
    await insertVersion(tx, { ...target, versionId, ordinal: 1, bundle });
    tx.emit(
      versionPublished,
      { versionId, ...target, ordinal: 1, bundle, contentHash: bundleHash(bundle), publishedAt: new Date().toISOString() },
      { id: versionEventId({ ...target, versionId }), causationId },
    );
    this.logger.info('a first champion is adopted', { ...target, versionId });
  }
}
