import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, alertResolved, type AlertRaised, type AlertResolved } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { noteChange } from '../live/change-feed.js';
import { ChannelQueue } from './channel-queue.js';

/** Whom to tell of alerts in words. */
@Controller()
export class AlertsHandlers {
  constructor(@Inject(ChannelQueue) private readonly queue: ChannelQueue) {}

  @OnEvent(alertRaised)
  async onRaised(event: EventEnvelope<AlertRaised>, tx: Transaction): Promise<void> {
    await this.queue.raised(tx, event);
    noteChange(tx, 'alerts');
  }

  @OnEvent(alertResolved)
  async onResolved(event: EventEnvelope<AlertResolved>, tx: Transaction): Promise<void> {
    await this.queue.resolved(tx, event);
    noteChange(tx, 'alerts');
  }
}
