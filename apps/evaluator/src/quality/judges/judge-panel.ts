import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Interaction, QualityEvaluated } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import { z } from 'zod';
import type { Config } from '../../config.js';
import { ChatConnections } from '../../judging/chat-connections.js';
import { JudgeQueueRepository } from '../../persistence/judge-queue.repository.js';
import { evaluatorNames, streamOf } from '../evaluators/quality-evaluator.js';
import type { Exchange } from '../evaluators/quality-evaluator.js';
import type { SamplingPlan } from '../sampling/sampling-rates.js';
import { loadJudgePrompt } from './judge-prompts.js';
import { LlmJudge } from './llm-judge.js';
import { judgeTaskSchema } from './judge-task.js';
import type { JudgeTask } from './judge-task.js';
import { relevantContext } from './relevant-context.js';

export const JUDGE_QUALITY = 'judge-quality';

const TEXT_MAX = 40_000;

/** The judges of this service: one a dimension, none without QUALITY_JUDGE. */
@Injectable()
export class JudgePanel implements OnModuleInit {
  readonly judges: readonly LlmJudge[];

  constructor(
    @Inject(CONFIG) config: Config,
    connections: ChatConnections,
    private readonly queue: JudgeQueueRepository,
    private readonly logger: Logger,
  ) {
    const judge = config.QUALITY_JUDGE;
    const provider = judge && connections.byName.get(judge.provider);
    this.judges = judge && provider ? judge.dimensions.map((dimension) => new LlmJudge(provider, judge, loadJudgePrompt(dimension), dimension)) : [];
  }

  onModuleInit(): void {
    if (this.isOn) this.logger.info('models judge quality', { judges: this.judges.map(({ name, judge }) => ({ evaluator: name, ...judge })) });
    else this.logger.info('no model judges quality: only rules do; set QUALITY_JUDGE for more');
  }

  get isOn(): boolean {
    return this.judges.length > 0;
  }

  get whyOff(): NonNullable<QualityEvaluated['off']> {
    return evaluatorNames.map((evaluator) => ({ evaluator, reason: 'no_judge' }));
  }

  async enqueue(tx: Transaction, { interaction, exchange, plan, due, causationId }: { interaction: Interaction; exchange: Exchange; plan: SamplingPlan; due: readonly LlmJudge[]; causationId: string }): Promise<void> {
    const { interactionId, conversationId, userId, model, workload, version, assignment } = interaction;
    const task: JudgeTask = judgeTaskSchema.parse({
      interaction: { interactionId, conversationId, userId, model, workload, version, assignment },
      exchange: {
        ...exchange,
        query: exchange.query.slice(0, TEXT_MAX),
        response: exchange.response.slice(0, TEXT_MAX),
        context: relevantContext(exchange).map((text) => text.slice(0, TEXT_MAX)),
        instructions: [],
      },
      due: due.map((judge) => ({ evaluator: judge.name, rate: plan.rateOf(streamOf(judge)), weight: plan.weightOf(streamOf(judge)) })),
      causationId,
    } satisfies z.input<typeof judgeTaskSchema>);
    await this.queue.add(tx, interactionId, JSON.stringify(task));
    // A job that waits out an outage keeps its time.
    await tx.enqueue(JUDGE_QUALITY, {}, { key: JUDGE_QUALITY, keyMode: 'preserve_run_at' });
  }
}
