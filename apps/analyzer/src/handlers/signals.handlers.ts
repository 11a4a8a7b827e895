import { Controller, Inject } from '@nestjs/common';
import { interactionFailed, signalDetected } from '@ratchet/domain';
import { Metrics } from '@ratchet/observability';
import { OnEvent } from '@ratchet/service';
import { comesAfterErasure, rememberUserOf } from '../persistence/erasure.repository.js';
import { storeFailure, storeLateEvidence } from '../persistence/failure.repository.js';
import { ensureTarget } from '../persistence/target.repository.js';
import { isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import type { InteractionFailed, SignalDetected } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

/** Only late signals: what came in time is in the failure already. A failure without its texts counts in the vitals, but there is nothing in it to analyse. */
export const isForAnalysis = (event: EventEnvelope): boolean =>
  isEvent(event, signalDetected) ? event.data.late === true : !isEvent(event, interactionFailed) || event.data.contentWithheld !== true;

@Controller()
export class SignalsHandlers {
  private readonly failures;
  private readonly late;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.failures = metrics.counter({ name: 'ratchet_analyzer_failures_stored_total', help: 'Failures stored for analysis' });
    this.late = metrics.counter({ name: 'ratchet_analyzer_late_evidence_total', help: 'Late signals kept for joining with failures', labelNames: ['signal'] });
  }

  @OnEvent(interactionFailed)
  async onFailed({ data }: EventEnvelope<InteractionFailed>, tx: Transaction): Promise<void> {
    if (await comesAfterErasure(tx, data, data.startedAt)) return;
    await ensureTarget(tx, data);
    if (await storeFailure(tx, data)) this.failures.inc();
  }

  @OnEvent(signalDetected)
  async onSignal({ data }: EventEnvelope<SignalDetected>, tx: Transaction): Promise<void> {
    if (await comesAfterErasure(tx, data, data.detectedAt)) return;
    await storeLateEvidence(tx, data);
    await rememberUserOf(tx, data);
    this.late.inc({ signal: data.name });
  }
}
