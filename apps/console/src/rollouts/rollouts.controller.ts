import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import {
  automationsSchema, type Automation, type OrderFate, orderFateSchema, type RolloutDetail, rolloutDetailSchema, rolloutsSchema, type RolloutSummary, type RolloutTransition,
  type RunsQuery, runsQuerySchema, type Series, seriesSchema, transitionEvidenceSchema,
} from '@ratchet/console-api';
import type { EvidenceRecord } from '@ratchet/domain';
import { Database, storable } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { askedOf } from './keyset.js';
import { automations, fateOf } from './orders.repository.js';
import { findConclusion, findRollout, findTransition, listRollouts, ordersDuring, transitionsOf } from './rollouts.repository.js';
import { runCounts } from './run-counts.repository.js';
import { seriesOf } from './series.js';

const TRANSITIONS_MAX = 200;
/** Of rollouts that did not tell of their own. */
const USUAL_ALPHA = 0.05;

/** Rollouts: where they stand, why, and how both arms have done over time. */
@Controller('api')
@Access('viewer')
export class RolloutsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('rollouts')
  @Answers(rolloutsSchema)
  rollouts(@Query({ schema: runsQuerySchema }) query: RunsQuery): Promise<{ items: RolloutSummary[]; next: string | null }> {
    return listRollouts(this.database, askedOf(query));
  }

  @Get('rollouts/:id')
  @Answers(rolloutDetailSchema)
  async rollout(@Param('id') id: string): Promise<RolloutDetail> {
    const rollout = await this.find(id);
    const { model, workload, startedAt, changedAt, isOpen, rolloutId, revertedAt } = rollout;
    const [transitions, concluded, orders, [automation = null]] = await Promise.all([
      transitionsOf(this.database, rolloutId, TRANSITIONS_MAX + 1),
      findConclusion(this.database, rolloutId),
      ordersDuring(this.database, { model, workload, from: startedAt, to: isOpen ? new Date().toISOString() : (revertedAt ?? changedAt) }),
      automations(this.database, { model, workload }),
    ]);
    const last = transitions.at(-1);
    const evidence = last && (await findTransition(this.database, { rolloutId, transitionId: last.transitionId }));
    return {
      ...rollout,
      transitions: transitions.slice(-TRANSITIONS_MAX),
      isLonger: transitions.length > TRANSITIONS_MAX,
      evidence: evidence?.evidence ?? null,
      orders,
      automation,
      asTest: concluded ? { verdict: concluded.verdict, difference: concluded.difference, lower: concluded.lower, upper: concluded.upper } : null,
    };
  }

  /** One transition with all that it rests on. */
  @Get('rollouts/:id/transitions/:transition')
  @Answers(transitionEvidenceSchema)
  async transition(@Param('id') id: string, @Param('transition') transition: string): Promise<RolloutTransition & { evidence: EvidenceRecord }> {
    const found = await findTransition(this.database, { rolloutId: storable(id), transitionId: storable(transition) });
    if (!found) throw new NotFoundException(`rollout ${id} has no transition ${transition}`);
    return found;
  }

  /** Both arms over time, with bands. */
  @Get('rollouts/:id/series')
  @Answers(seriesSchema)
  async series(@Param('id') id: string): Promise<Series> {
    const { rolloutId, version, baseVersion, terms } = await this.find(id);
    const counts = await runCounts(this.database, rolloutId);
    return seriesOf({ ...counts, candidate: version, champion: baseVersion, terms, alpha: USUAL_ALPHA });
  }

  /** Which targets' automation people hold. */
  @Get('automation')
  @Answers(automationsSchema)
  async automation(): Promise<{ items: Automation[] }> {
    return { items: await automations(this.database) };
  }

  /** What became of a command; one that is not known has not arrived yet. */
  @Get('orders/:id')
  @Answers(orderFateSchema)
  order(@Param('id') id: string): Promise<OrderFate> {
    return fateOf(this.database, storable(id));
  }

  private async find(id: string): Promise<RolloutSummary> {
    const rollout = await findRollout(this.database, storable(id));
    if (!rollout) throw new NotFoundException(`there is no rollout ${id}`);
    return rollout;
  }
}
