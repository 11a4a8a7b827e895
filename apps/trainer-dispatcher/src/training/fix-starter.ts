import { Inject, Injectable } from '@nestjs/common';
import { applyPatch, bundleHash, candidateRegistered, trainingFailed, trainingStarted, versionIdOf, versionPublished } from '@ratchet/domain';
import type { Bundle, FixProposed, Target, TrainingStarted } from '@ratchet/domain';
import { derivedId, Logger, Metrics, newEventId } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Tick } from '@ratchet/service';
import type { Config } from '../config.js';
import { hasOpenCycle, insertFixCycle, judgingDatasetOf, nextFix, settleFixes, targetsWithWaitingFixes } from '../persistence/fix.repository.js';
import { supersededInRow } from '../persistence/superseded.repository.js';
import { bundleOf, endCycle, insertVersion, lockTarget } from '../persistence/trainer.repository.js';
import type { TargetRow } from '../persistence/trainer.repository.js';
import { versionEventId } from '../registry/version-event-id.js';
import { coolDownMs } from './trigger.js';
import { triggerPolicyOf } from './trigger-policy.js';

const TRIGGER = 'high_priority_fix';

interface FixCycle {
  readonly fix: FixProposed;
  readonly target: TargetRow;
  readonly cycleId: string;
  readonly trainingRunId: string;
  readonly datasetIds: string[];
}

export const fixConfigOf = ({ fixType, strategy, baseVersion }: FixProposed, champion: string): TrainingStarted['trainingConfig'] => ({
  fixType,
  ...(strategy && { strategy: strategy.strategyId }),
  // The version that the fix was made for, where another one serves by now.
  ...(baseVersion !== champion && { rebuiltFrom: baseVersion }),
});

/**
 * Makes candidates of fixes that are no training: the champion's bundle with the patch. A target has one cycle at a time, so a fix waits until the one before it has
 * ended; it is then built on whatever serves. One that was overtaken during its own cycle is built again: at once on the champion that overtook it, and after a pause
 * that doubles each time where no other champion is known here, as whoever judged it would say the same again.
 */
@Injectable()
export class FixStarter implements Tick {
  readonly tickName = 'fixes';
  readonly everyMs: number;
  private readonly candidates;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.everyMs = config.TRIGGER_EVERY_MS;
    this.candidates = metrics.counter({ name: 'ratchet_trainer_fixes_total', help: 'Fixes that are no training, by fix type and whether they made a candidate', labelNames: ['fix_type', 'outcome'] });
  }

  async tick(): Promise<void> {
    await settleFixes(this.database);
    for (const target of await targetsWithWaitingFixes(this.database)) await this.database.transaction((tx) => this.open(tx, target));
  }

  private async open(tx: Transaction, target: Target): Promise<void> {
    const locked = await lockTarget(tx, target);
    if (!locked || (await hasOpenCycle(tx, target)) || (await this.isPausing(tx, target))) return;
    const fix = await nextFix(tx, target);
    const base = await bundleOf(tx, locked.champion);
    if (!fix || !base) return;
    const cycleId = newEventId();
    const cycle: FixCycle = { fix, target: locked, cycleId, trainingRunId: derivedId('training-run', cycleId), datasetIds: fix.datasetId === undefined ? [] : [fix.datasetId] };
    const patched = applyPatch(base, fix.patch);
    if (patched.ok) await this.register(tx, cycle, patched.bundle);
    else await this.refuse(tx, cycle, patched.message);
    this.candidates.inc({ fix_type: fix.fixType, outcome: patched.ok ? 'candidate' : patched.reason });
  }

  private async isPausing(tx: Transaction, target: Target): Promise<boolean> {
    const inRow = await supersededInRow(tx, target);
    const last = inRow.at(-1);
    return last !== undefined && Date.now() < last.endedAt.getTime() + coolDownMs(inRow.length, triggerPolicyOf(this.config, target.workload));
  }

  private async register(tx: Transaction, cycle: FixCycle, bundle: Bundle): Promise<void> {
    const { fix, target, cycleId, trainingRunId, datasetIds } = cycle;
    const { model, workload, champion } = target;
    const ordinal = target.lastOrdinal + 1;
    const version = versionIdOf({ ordinal, bundle });
    const now = new Date().toISOString();
    await insertVersion(tx, { model, workload, versionId: version, ordinal, bundle, parentVersion: champion });
    await this.begin(tx, cycle, version);
    tx.emit(
      versionPublished,
      { versionId: version, model, workload, ordinal, bundle, contentHash: bundleHash(bundle), parentVersion: champion, publishedAt: now },
      { id: versionEventId({ model, workload, versionId: version, parentVersion: champion }), correlationId: cycleId },
    );
    tx.emit(
      candidateRegistered,
      {
        cycleId, model, workload, trainingRunId, baseVersion: champion, version, datasetIds, opportunityIds: [fix.opportunityId], trainingConfig: fixConfigOf(fix, champion), trainingSeconds: 0,
        fixId: fix.fixId, registeredAt: now,
      },
      { id: derivedId('candidate', cycleId), correlationId: cycleId, causationId: derivedId('training-started', cycleId) },
    );
    this.logger.info('a fix became a candidate', { cycleId, model, workload, fixId: fix.fixId, fixType: fix.fixType, version, ordinal });
  }

  /** The cycle is on the record all the same, so that whoever proposed the fix knows what became of it. */
  private async refuse(tx: Transaction, cycle: FixCycle, reason: string): Promise<void> {
    const { fix, target, cycleId, trainingRunId } = cycle;
    await this.begin(tx, cycle, null);
    await endCycle(tx, cycleId, 'failed');
    tx.emit(
      trainingFailed,
      { cycleId, model: target.model, workload: target.workload, trainingRunId, baseVersion: target.champion, reason, failedAt: new Date().toISOString() },
      { id: derivedId('training-failed', cycleId), correlationId: cycleId },
    );
    this.logger.warn('a fix became no candidate', { cycleId, model: target.model, workload: target.workload, fixId: fix.fixId, fixType: fix.fixType, reason });
  }

  private async begin(tx: Transaction, { fix, target, cycleId, trainingRunId, datasetIds }: FixCycle, version: string | null): Promise<void> {
    const { model, workload, champion } = target;
    const reason = fix.summary ?? `a fix of type ${fix.fixType} was proposed`;
    await insertFixCycle(tx, { model, workload, fixId: fix.fixId, cycleId, trigger: TRIGGER, reason, baseVersion: champion, version, trainingRunId });
    const { failuresAnalyzed } = await judgingDatasetOf(tx, fix.datasetId);
    tx.emit(
      trainingStarted,
      {
        cycleId, model, workload, trainingRunId, baseVersion: champion, trigger: TRIGGER, triggerReason: reason, datasetIds, opportunityIds: [fix.opportunityId], failuresAnalyzed, exampleCount: 0,
        trainingConfig: fixConfigOf(fix, champion), fixId: fix.fixId, startedAt: new Date().toISOString(),
      },
      { id: derivedId('training-started', cycleId), correlationId: cycleId },
    );
  }
}
