import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, alertResolved, opportunityClosed, opportunityRanked, routingChanged, versionPublished } from '@ratchet/domain';
import { storableJson } from '@ratchet/persistence';
import type { AlertRaised, AlertResolved, OpportunityClosed, OpportunityRanked, RoutingChanged, VersionPublished } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { noteChange } from '../live/change-feed.js';
import { recordClosed, recordRanked } from '../opportunities/opportunity-history.repository.js';
import { storeRouting } from '../persistence/console.repository.js';

/** The present state of things, as their topics tell it. */
@Controller()
export class StateHandlers {
  @OnEvent(routingChanged)
  async onRouting({ data }: EventEnvelope<RoutingChanged>, tx: Transaction): Promise<void> {
    await storeRouting(tx, data);
    noteChange(tx, 'targets');
  }

  @OnEvent(versionPublished)
  async onVersion({ data }: EventEnvelope<VersionPublished>, tx: Transaction): Promise<void> {
    await tx.query(`insert into versions (version_id, model, workload, body) values ($1, $2, $3, $4::jsonb) on conflict do nothing`, [data.versionId, data.model, data.workload, storableJson(data)]);
  }

  @OnEvent(opportunityRanked)
  async onOpportunity({ data }: EventEnvelope<OpportunityRanked>, tx: Transaction): Promise<void> {
    await tx.query(
      `insert into opportunities (opportunity_id, model, workload, priority, body) values ($1, $2, $3, $4, $5::jsonb)
       on conflict (opportunity_id) do update set priority = excluded.priority, body = excluded.body, seen_at = now(),
         closed = case when excluded.body->'change'->>'kind' = 'came_back' then null else opportunities.closed end`,
      [data.opportunityId, data.model, data.workload, data.priority, storableJson(data)],
    );
    await recordRanked(tx, data);
    noteChange(tx, 'opportunities');
  }

  @OnEvent(opportunityClosed)
  async onClosed({ data }: EventEnvelope<OpportunityClosed>, tx: Transaction): Promise<void> {
    await tx.query(`update opportunities set closed = $2::jsonb where opportunity_id = $1`, [data.opportunityId, storableJson(data)]);
    await recordClosed(tx, data);
    noteChange(tx, 'opportunities');
  }

  @OnEvent(alertRaised)
  async onAlert({ data }: EventEnvelope<AlertRaised>, tx: Transaction): Promise<void> {
    await tx.query(`insert into alerts (alert_id, workload, body, raised_at) values ($1, $2, $3::jsonb, $4) on conflict do nothing`, [data.alertId, data.workload, storableJson(data), data.raisedAt]);
  }

  @OnEvent(alertResolved)
  async onResolved({ data }: EventEnvelope<AlertResolved>, tx: Transaction): Promise<void> {
    await tx.query(`update alerts set resolved_at = $2 where alert_id = $1`, [data.alertId, data.resolvedAt]);
  }
}
