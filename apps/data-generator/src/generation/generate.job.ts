import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { datasetVersioned, examplesAdded, normalizeAnswer, targetKey, targetSchema, type Target } from '@ratchet/domain';
import { hashEmbedding } from '@ratchet/embedded-model';
import { derivedId, Logger, RatchetError } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import { CONFIG, type Job } from '@ratchet/service';
import { withoutPatched } from '../fixes/patched-opportunities.js';
import { loadFailures } from '../persistence/failure.repository.js';
import { loadIssued, recordDataset, recordIssued, type IssuedExamples } from '../persistence/example.repository.js';
import { loadOpenOpportunities, type OpenOpportunity } from '../persistence/opportunity.repository.js';
import { countWaiting, markAccepted } from '../persistence/review.repository.js';
import { DatasetKeeper, type RunMark } from '../datasets/dataset-keeper.js';
import { ReviewDesk } from '../review/review-desk.js';
import { TeachingStaff } from '../teaching/teaching-staff.js';
import { usersByAnswer } from './agreement.js';
import { assembleDataset, chunkExamples, type Assembly } from './assemble-dataset.js';
import { isCorrected, type Candidate, type SourceFailure } from './candidate.js';
import { canonicalAnswers } from './canonical-answers.js';
import { gatherCandidates, type GatherRules } from './gather-candidates.js';
import { GenerationMetrics } from './generation-metrics.js';
import type { Config } from '../config.js';

export const GENERATE_JOB = 'generate';
export const generateJobKey = (target: Target): string => `${GENERATE_JOB}:${targetKey(target)}`;

interface Material {
  readonly opportunities: readonly OpenOpportunity[];
  readonly failures: readonly SourceFailure[];
  readonly issued: IssuedExamples;
}

/** One run of one target: opportunities, failures and corrections -> examples -> a dataset version. */
@Injectable()
export class GenerateJob implements Job {
  readonly jobName = GENERATE_JOB;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(GenerationMetrics) private readonly metrics: GenerationMetrics,
    @Inject(TeachingStaff) private readonly staff: TeachingStaff,
    @Inject(ReviewDesk) private readonly review: ReviewDesk,
    @Inject(DatasetKeeper) private readonly datasets: DatasetKeeper,
  ) {}

  async run(payload: unknown): Promise<void> {
    const target = targetSchema.parse(payload);
    const mark = await this.datasets.mark(target);
    const material = await this.load(target);
    if (material.opportunities.length === 0 && !(await this.review.hasApprovals(target))) {
      this.logger.info('no data was generated: the target has no open opportunity that training could fix', target);
      return;
    }
    const { candidates, decisions } = await this.review.screen(target, await this.gather(material));
    const assembly = assembleDataset({
      target,
      candidates,
      decisions,
      issued: material.issued.byInput,
      failedAnswers: new Map([...Map.groupBy(material.failures, ({ query }) => normalizeAnswer(query))].map(([input, same]) => [input, same.map(({ response }) => response)])),
      limits: { inputCharsMax: this.config.INPUT_CHARS_MAX, outputCharsMax: this.config.OUTPUT_CHARS_MAX },
    });
    await this.database.transaction((tx) => this.publish(tx, { target, assembly, material, mark }));
    this.metrics.record({ assembly, waiting: await countWaiting(this.database) });
    this.report(target, assembly, candidates.length);
  }

  private async load(target: Target): Promise<Material> {
    const opportunities = await withoutPatched(this.database, target, await loadOpenOpportunities(this.database, target), this.config.PROMPTLESS_PROVIDERS);
    const failures = opportunities.length === 0 ? [] : await loadFailures(this.database, { ...target, failuresMax: this.config.MAX_FAILURES });
    return { opportunities, failures, issued: await loadIssued(this.database, target) };
  }

  private async gather({ opportunities, failures, issued }: Material): Promise<Candidate[]> {
    const byId = new Map(failures.map((failure) => [failure.interactionId, failure]));
    const corrected = failures.filter(isCorrected);
    const users = usersByAnswer(corrected);
    const canonical = canonicalAnswers({ issued: issued.outputs, responses: failures.map(({ response }) => response), corrections: corrected.map(({ correction }) => correction) });
    const candidates: Candidate[] = [];
    const taken = new Set<string>();
    const teacher = this.staff.hire();
    for (const opportunity of opportunities) {
      // An analysis puts a failure into one opportunity; between two analyses the more urgent one has it.
      const members = opportunity.interactionIds.flatMap((id) => (taken.has(id) ? [] : (byId.get(id) ?? [])));
      for (const { interactionId } of members) taken.add(interactionId);
      const vectors = new Map(members.map((failure) => [failure.interactionId, hashEmbedding(failure.query)]));
      const vectorOf = ({ interactionId }: SourceFailure): Float32Array => vectors.get(interactionId) ?? new Float32Array(0);
      const fromPeople = gatherCandidates({ opportunityId: opportunity.opportunityId, failures: members, users, vectorOf, canonical, rules: this.rules() });
      const fromTeacher = teacher ? await this.staff.teach({ teacher, opportunity: await this.review.withRejections(opportunity), members, fromPeople }) : [];
      candidates.push(...fromPeople, ...fromTeacher);
      await yieldToOthers();
    }
    return candidates;
  }

  private rules(): GatherRules {
    const { config } = this;
    return {
      mode: config.REVIEW_MODE,
      agreeingUsersMin: config.REVIEW_AGREEING_USERS,
      agreementMin: config.REVIEW_MIN_AGREEMENT,
      similarityMin: config.REVIEW_SIMILARITY,
      neighbourSimilarityMin: config.SPREAD_CORRECTIONS ? config.NEIGHBOUR_MIN_SIMILARITY : undefined,
    };
  }

  private async publish(tx: Transaction, { target, assembly: assembled, material: { opportunities, failures }, mark }: { target: Target; assembly: Assembly; material: Material; mark: RunMark }): Promise<void> {
    const assembly = await this.datasets.settle(tx, { target, assembly: assembled, mark });
    const { datasetId, examples, previousDatasetId } = assembly;
    await this.review.queue(tx, { ...target, waiting: assembly.waiting });
    await this.datasets.trace(tx, { target, assembly, failures });
    if (examples.length === 0) return;
    const issued = await recordIssued(tx, { ...target, datasetId, examples });
    if (issued < examples.length) {
      throw new RatchetError({ code: 'examples_issued_meanwhile', message: 'Another run issued some of these examples: this one starts again', context: { datasetId }, retryable: true });
    }
    await markAccepted(tx, examples.map(({ exampleId, lineage }) => ({ exampleId, acceptedBy: lineage.acceptedBy ?? 'accepted' })));
    const testCount = examples.filter(({ split }) => split === 'test').length;
    const trainCount = examples.length - testCount;
    await recordDataset(tx, { ...target, datasetId, contentHash: assembly.contentHash, trainCount, testCount, previousDatasetId });
    const at = new Date().toISOString();
    for (const [chunk, rows] of chunkExamples(examples).entries()) {
      tx.emit(examplesAdded, { datasetId, ...target, examples: rows, addedAt: at }, { id: derivedId('examples', datasetId, chunk) });
    }
    const used = new Set(examples.flatMap(({ lineage }) => lineage.opportunityId ?? []));
    const sources = opportunities.filter(({ opportunityId }) => used.has(opportunityId));
    const analyses = new Map(sources.map(({ analysisId, failuresAnalyzed }) => [analysisId, failuresAnalyzed]));
    tx.emit(
      datasetVersioned,
      {
        datasetId, ...target, purpose: 'training', trainCount, testCount, contentHash: assembly.contentHash,
        opportunityIds: sources.map(({ opportunityId }) => opportunityId),
        failuresAnalyzed: [...analyses.values()].reduce((sum, failures) => sum + failures, 0),
        rejected: [...assembly.rejected, ...(assembly.waiting.length > 0 ? [{ reason: 'waiting_for_review', count: assembly.waiting.length }] : [])],
        highPriority: sources.some(({ priority }) => priority >= this.config.HIGH_PRIORITY),
        ...(previousDatasetId !== undefined && { previousDatasetId }),
        versionedAt: at,
      },
      { id: derivedId('dataset', datasetId) },
    );
  }

  private report(target: Target, { datasetId, examples, waiting, rejected }: Assembly, candidates: number): void {
    const facts = {
      ...target, candidates, waiting: waiting.length, rejected: Object.fromEntries(rejected.map(({ reason, count }) => [reason, count])),
      waitingBecause: Object.fromEntries([...Map.groupBy(waiting, ({ candidate }) => candidate.reason)].map(([reason, { length }]) => [reason, length])),
    };
    if (examples.length === 0) this.logger.info('no data was generated: nothing new was accepted', facts);
    else {
      const testCount = examples.filter(({ split }) => split === 'test').length;
      const bySource = Object.fromEntries([...Map.groupBy(examples, ({ source }) => source)].map(([source, { length }]) => [source, length]));
      this.logger.info('a dataset was versioned', { ...facts, datasetId, trainCount: examples.length - testCount, testCount, bySource });
    }
  }
}
