import { Controller, Inject } from '@nestjs/common';
import { candidateJudged, candidateRegistered, commandIssued, interactionFailed, opportunityClosed, opportunityRanked, signalDetected, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack } from '@ratchet/domain';
import type { CandidateJudged, CandidateRegistered, Command, InteractionFailed, OpportunityClosed, OpportunityRanked, SignalDetected, Target, TrainingFailed, TrainingStarted, VersionPromoted, VersionPublished, VersionRolledBack } from '@ratchet/domain';
import { CONFIG, OnEvent } from '@ratchet/service';
import { StoredTexts } from '../filters/stored-texts.js';
import { dropFixes, endFixOfCycle, failFixOfVersion, noteCycle, saveComment, saveWish } from '../fixes/fix.repository.js';
import { PROPOSE_FIXES_JOB, proposeFixesJobKey } from '../fixes/propose-fixes.job.js';
import { setServing, storeVersion } from '../persistence/serving-version.repository.js';
import { comesAfterErasure } from './signals.handlers.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Transaction } from '@ratchet/persistence';
import type { Config } from '../config.js';

/** What fixes that are no training rest on: wishes of the analysis, users' comments, the version that serves, and what became of earlier fixes. */
@Controller()
export class FixesHandlers {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StoredTexts) private readonly texts: StoredTexts,
  ) {}

  @OnEvent(opportunityRanked)
  async onRanked({ data }: EventEnvelope<OpportunityRanked>, tx: Transaction): Promise<void> {
    await saveWish(tx, data);
    // Behind the other opportunities of the same analysis, as with examples.
    if (data.fixType !== 'training_examples') await this.ask(tx, data, new Date(Date.now() + this.config.GENERATE_DELAY_MS));
  }

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name === 'generation.run') await this.ask(tx, data, new Date());
    if (data.name === 'candidate.reject') await failFixOfVersion(tx, data);
  }

  @OnEvent(opportunityClosed)
  async onClosed({ data }: EventEnvelope<OpportunityClosed>, tx: Transaction): Promise<void> {
    await dropFixes(tx, data.opportunityId);
  }

  @OnEvent(interactionFailed)
  async onFailed({ data }: EventEnvelope<InteractionFailed>, tx: Transaction): Promise<void> {
    if (data.comment === undefined || (await comesAfterErasure(tx, data, data.startedAt))) return;
    await saveComment(tx, { interactionId: data.interactionId, userId: data.userId, comment: this.texts.text(data.comment), givenAt: data.closedAt });
  }

  @OnEvent(signalDetected)
  async onSignal({ data }: EventEnvelope<SignalDetected>, tx: Transaction): Promise<void> {
    if (data.comment === undefined || (await comesAfterErasure(tx, data, data.detectedAt))) return;
    await saveComment(tx, { interactionId: data.interactionId, userId: data.userId, comment: this.texts.text(data.comment), givenAt: data.detectedAt });
  }

  @OnEvent(versionPublished)
  async onPublished({ data }: EventEnvelope<VersionPublished>, tx: Transaction): Promise<void> {
    await storeVersion(tx, data);
  }

  @OnEvent(trainingStarted)
  async onStarted({ data: { fixId, cycleId } }: EventEnvelope<TrainingStarted>, tx: Transaction): Promise<void> {
    if (fixId !== undefined) await noteCycle(tx, { fixId, cycleId });
  }

  @OnEvent(candidateRegistered)
  async onRegistered({ data: { fixId, cycleId, version } }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    if (fixId !== undefined) await noteCycle(tx, { fixId, cycleId, version });
  }

  @OnEvent(trainingFailed)
  async onTrainingFailed({ data }: EventEnvelope<TrainingFailed>, tx: Transaction): Promise<void> {
    await endFixOfCycle(tx, data.cycleId, 'failed');
  }

  /** A fix that passed is not done before its rollout is; one that was overtaken is built again by the trainer-dispatcher. */
  @OnEvent(candidateJudged)
  async onJudged({ data: { cycleId, outcome } }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    if (outcome === 'failed' || outcome === 'insufficient') await endFixOfCycle(tx, cycleId, outcome);
  }

  @OnEvent(versionPromoted)
  async onPromoted({ data }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    await setServing(tx, { model: data.model, workload: data.workload, versionId: data.version, since: data.promotedAt });
    await endFixOfCycle(tx, data.cycleId, 'promoted');
  }

  /** Also after a promotion, when a person takes the former champion back. */
  @OnEvent(versionRolledBack)
  async onRolledBack({ data }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    await setServing(tx, { model: data.model, workload: data.workload, versionId: data.previousVersion, since: data.rolledBackAt });
    await endFixOfCycle(tx, data.cycleId, 'rolled_back');
  }

  private async ask(tx: Transaction, { model, workload }: Target, runAt: Date): Promise<void> {
    await tx.enqueue(PROPOSE_FIXES_JOB, { model, workload }, { key: proposeFixesJobKey({ model, workload }), keyMode: 'preserve_run_at', runAt });
  }
}
