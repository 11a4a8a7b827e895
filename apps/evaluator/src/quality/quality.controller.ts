import { Controller, Get, Inject } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { JudgeQueueRepository } from '../persistence/judge-queue.repository.js';
import { LabelsRepository } from '../persistence/labels.repository.js';
import { QualityRepository } from '../persistence/quality.repository.js';
import { SamplingRepository } from '../persistence/sampling.repository.js';
import { StreamsRepository } from '../persistence/streams.repository.js';
import { varianceOf } from './alerts/moments.js';
import { JudgePanel } from './judges/judge-panel.js';

const SUMMARY_HOURS = 24;

/** For people: what is known of quality now. No texts of interactions. */
@Controller()
export class QualityController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(QualityRepository) private readonly quality: QualityRepository,
    @Inject(StreamsRepository) private readonly streams: StreamsRepository,
    @Inject(SamplingRepository) private readonly sampling: SamplingRepository,
    @Inject(LabelsRepository) private readonly labels: LabelsRepository,
    @Inject(JudgeQueueRepository) private readonly queue: JudgeQueueRepository,
    @Inject(JudgePanel) private readonly panel: JudgePanel,
  ) {}

  @Get('quality')
  async show(): Promise<object> {
    const streams = await this.streams.streams(this.database);
    return {
      lastDay: await this.quality.summary(this.database, SUMMARY_HOURS),
      watched: streams.map(({ state, ...stream }) => ({
        ...stream,
        phase: state.phase,
        baseline: { mean: state.baseline.mean, sd: Math.sqrt(varianceOf(state.baseline)), scores: state.baseline.scores },
        evidence: state.evidence,
        isSuspicious: state.isSuspicious,
      })),
      alerts: await this.streams.openIncidents(this.database),
      sampling: await this.sampling.rates(this.database),
      agreement: await this.labels.agreement(this.database),
      judges: { on: this.panel.judges.map(({ name, judge }) => ({ evaluator: name, ...judge })), waiting: await this.queue.size(this.database), spend: await this.queue.spendByDay(this.database) },
    };
  }
}
