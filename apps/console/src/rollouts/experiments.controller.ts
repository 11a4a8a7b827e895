import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import {
  type ExperimentChoices, experimentChoicesSchema, type ExperimentDetail, experimentDetailSchema, experimentsSchema, type ExperimentSummary, type RunsQuery, runsQuerySchema, type Series,
  seriesSchema, targetQuerySchema,
} from '@ratchet/console-api';
import type { ExperimentConcluded, Target } from '@ratchet/domain';
import { Database, storable } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { experimentStepsOf, findExperiment, listExperiments } from './experiments.repository.js';
import { askedOf } from './keyset.js';
import { automations } from './orders.repository.js';
import { findConclusion, ordersDuring } from './rollouts.repository.js';
import { runCounts } from './run-counts.repository.js';
import { seriesOf } from './series.js';

const STEPS_MAX = 200;
const CHOICES_MAX = 500;
const USUAL_ALPHA = 0.05;

const conclusionOf = ({ verdict, concludedAt, reason, difference, lower, upper, pValue, arms, adjusted, segments, sampleRatio }: Omit<ExperimentConcluded, 'experimentId'>): ExperimentDetail['conclusion'] => ({
  verdict, concludedAt, reason: reason ?? null,
  reading: { difference, lower, upper, ...(pValue !== undefined && { pValue }), ...(arms && { arms }), ...(adjusted && { adjusted }), ...(segments && { segments }), ...(sampleRatio && { sampleRatio }) },
});

/** A/B tests on their own. */
@Controller('api')
@Access('viewer')
export class ExperimentsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('experiments')
  @Answers(experimentsSchema)
  experiments(@Query({ schema: runsQuerySchema }) query: RunsQuery): Promise<{ items: ExperimentSummary[]; next: string | null }> {
    return listExperiments(this.database, askedOf(query));
  }

  /** Versions that an experiment of a target can be made of. */
  @Get('experiment-choices')
  @Answers(experimentChoicesSchema)
  async choices(@Query({ schema: targetQuerySchema }) query: Target): Promise<ExperimentChoices> {
    const { model, workload } = storable(query);
    const [target] = await automations(this.database, { model, workload });
    const versions = await this.database.query<{ id: string }>(`select version_id as id from versions where model = $1 and workload = $2 order by version_id desc limit $3`, [model, workload, CHOICES_MAX]);
    return { champion: target?.champion ?? null, versions: versions.map(({ id }) => id) };
  }

  @Get('experiments/:id')
  @Answers(experimentDetailSchema)
  async experiment(@Param('id') id: string): Promise<ExperimentDetail> {
    const experiment = await this.find(id);
    const { model, workload, startedAt, changedAt, isOpen, experimentId } = experiment;
    const concluded = await findConclusion(this.database, experimentId);
    return {
      ...experiment,
      steps: await experimentStepsOf(this.database, experimentId, STEPS_MAX),
      conclusion: concluded ? conclusionOf(concluded) : null,
      orders: await ordersDuring(this.database, { model, workload, from: startedAt, to: isOpen ? new Date().toISOString() : changedAt }),
    };
  }

  /** Both arms over time, with bands. */
  @Get('experiments/:id/series')
  @Answers(seriesSchema)
  async series(@Param('id') id: string): Promise<Series> {
    const { experimentId, treatment, control, alpha } = await this.find(id);
    const counts = await runCounts(this.database, experimentId);
    return seriesOf({ ...counts, candidate: treatment, champion: control, terms: null, alpha: alpha ?? USUAL_ALPHA });
  }

  private async find(id: string): Promise<ExperimentSummary> {
    const experiment = await findExperiment(this.database, storable(id));
    if (!experiment) throw new NotFoundException(`there is no experiment ${id}`);
    return experiment;
  }
}
