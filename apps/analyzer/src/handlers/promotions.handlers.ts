import { Controller, Inject } from '@nestjs/common';
import { candidateJudged, opportunityClosed, versionPromoted, versionRolledBack } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import { OnEvent } from '@ratchet/service';
import { reopenFailures, resolveFailures } from '../persistence/failure.repository.js';
import { closeOpportunities, reopenOpportunities } from '../persistence/opportunity.repository.js';
import { decideCycle, storeVerdict } from '../persistence/outcome.repository.js';
import { retireVersion, setChampion } from '../persistence/target.repository.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateJudged, VersionPromoted, VersionRolledBack } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

/** What became of the fixes: the champion moves, failures are resolved, and each cycle's outcome is remembered for its strategies. */
@Controller()
export class PromotionsHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(candidateJudged)
  async onJudged({ data }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    await storeVerdict(tx, data);
    if (data.outcome !== 'passed') await decideCycle(tx, { ...data, outcome: data.outcome === 'failed' ? 'judged_failed' : data.outcome, decidedAt: data.judgedAt });
  }

  @OnEvent(versionPromoted)
  async onPromoted({ id, correlationid, data }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, version, previousVersion, opportunityIds, promotedAt } = data;
    const target = { model, workload };
    await setChampion(tx, { ...target, version });
    if (previousVersion !== version) await retireVersion(tx, { ...target, version: previousVersion, reason: 'replaced' });
    await decideCycle(tx, { cycleId, ...target, outcome: 'promoted', decidedAt: promotedAt });
    const resolved = await resolveFailures(tx, { opportunityIds, version });
    const closed = await closeOpportunities(tx, { opportunityIds, state: 'fixed', closedBy: version });
    for (const opportunityId of closed) {
      tx.emit(opportunityClosed, { opportunityId, ...target, reason: 'fixed', version, closedAt: promotedAt }, {
        id: derivedId('fixed', version, opportunityId),
        correlationId: correlationid ?? cycleId,
        causationId: id,
      });
    }
    this.logger.info('a promotion fixed opportunities', { ...target, version, cycleId, opportunities: closed.length, failuresResolved: resolved });
  }

  @OnEvent(versionRolledBack)
  async onRolledBack({ data }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, version, previousVersion, metric, rolledBackAt } = data;
    const target = { model, workload };
    await retireVersion(tx, { ...target, version, reason: `rolled back on ${metric}` });
    await setChampion(tx, { ...target, version: previousVersion });
    await reopenFailures(tx, { ...target, version });
    await reopenOpportunities(tx, { ...target, version });
    await decideCycle(tx, { cycleId, ...target, outcome: 'rolled_back', decidedAt: rolledBackAt });
  }
}
