import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, alertResolved, experimentConcluded, experimentUpdated, rolloutAdvanced, versionPromoted, versionRolledBack } from '@ratchet/domain';
import type { AlertRaised, AlertResolved, ExperimentConcluded, ExperimentUpdated, RolloutAdvanced, VersionPromoted, VersionRolledBack } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { WebhookQueue } from './webhook-queue.js';

/** What webhooks may be told of. */
@Controller()
export class WebhooksHandlers {
  constructor(@Inject(WebhookQueue) private readonly queue: WebhookQueue) {}

  @OnEvent(versionPromoted)
  async onPromoted(event: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    await this.queue.add(tx, event);
  }

  @OnEvent(versionRolledBack)
  async onRolledBack(event: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    await this.queue.add(tx, event);
  }

  @OnEvent(rolloutAdvanced)
  async onAdvanced(event: EventEnvelope<RolloutAdvanced>, tx: Transaction): Promise<void> {
    await this.queue.add(tx, event);
  }

  @OnEvent(experimentUpdated)
  async onExperiment(event: EventEnvelope<ExperimentUpdated>, tx: Transaction): Promise<void> {
    await this.queue.add(tx, event);
  }

  @OnEvent(experimentConcluded)
  async onConcluded(event: EventEnvelope<ExperimentConcluded>, tx: Transaction): Promise<void> {
    await this.queue.add(tx, event);
  }

  @OnEvent(alertRaised)
  async onAlert(event: EventEnvelope<AlertRaised>, tx: Transaction): Promise<void> {
    await this.queue.add(tx, event);
  }

  @OnEvent(alertResolved)
  async onResolved(event: EventEnvelope<AlertResolved>, tx: Transaction): Promise<void> {
    await this.queue.add(tx, event);
  }
}
