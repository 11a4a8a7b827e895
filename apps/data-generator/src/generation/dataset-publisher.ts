import { Inject, Injectable } from '@nestjs/common';
import { datasetVersioned, examplesAdded, type DatasetVersioned, type Example, type Target } from '@ratchet/domain';
import { derivedId, RatchetError } from '@ratchet/observability';
import { CONFIG } from '@ratchet/service';
import { DatasetKeeper, type RunMark } from '../datasets/dataset-keeper.js';
import { recordDataset, recordIssued } from '../persistence/example.repository.js';
import { holdApprovals, markAccepted } from '../persistence/review.repository.js';
import { ReviewDesk } from '../review/review-desk.js';
import { chunkExamples, type Assembly } from './assemble-dataset.js';
import type { Transaction } from '@ratchet/persistence';
import type { Config } from '../config.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import type { SourceFailure } from './candidate.js';

/** One dataset to be: the opportunities that may be trained together, and what became of their candidates. */
export interface Group {
  readonly training: DatasetVersioned['training'];
  readonly opportunities: readonly OpenOpportunity[];
  readonly assembly: Assembly;
}

/** Issues a group's examples as a version of the target's data, and leaves the rest to the reviewers. */
@Injectable()
export class DatasetPublisher {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ReviewDesk) private readonly review: ReviewDesk,
    @Inject(DatasetKeeper) private readonly datasets: DatasetKeeper,
  ) {}

  /** @throws {RatchetError} `examples_issued_meanwhile`, `erased_meanwhile`, `decisions_taken_back`: the run is to start again */
  async publish(tx: Transaction, { target, group, costUsd, failures, mark }: { target: Target; group: Group; costUsd: number; failures: readonly SourceFailure[]; mark: RunMark }): Promise<void> {
    const assembly = await this.datasets.settle(tx, { target, assembly: group.assembly, mark });
    const { datasetId, examples, previousDatasetId, contentHash } = assembly;
    await this.review.queue(tx, { ...target, waiting: assembly.waiting });
    await this.datasets.trace(tx, { target, assembly, failures });
    if (examples.length === 0) return;
    await this.holdApprovals(tx, examples);
    const issued = await recordIssued(tx, { ...target, datasetId, examples });
    if (issued < examples.length) {
      throw new RatchetError({ code: 'examples_issued_meanwhile', message: 'Another run issued some of these examples: this one starts again', context: { datasetId }, retryable: true });
    }
    await markAccepted(tx, examples.map(({ exampleId, lineage }) => ({ exampleId, acceptedBy: lineage.acceptedBy ?? 'accepted' })));
    const testCount = examples.filter(({ split }) => split === 'test').length;
    const trainCount = examples.length - testCount;
    await recordDataset(tx, { ...target, datasetId, contentHash, trainCount, testCount, previousDatasetId });
    const at = new Date().toISOString();
    for (const [chunk, rows] of chunkExamples(examples).entries()) {
      tx.emit(examplesAdded, { datasetId, ...target, examples: rows, addedAt: at }, { id: derivedId('examples', datasetId, chunk) });
    }
    tx.emit(
      datasetVersioned,
      { datasetId, ...target, purpose: 'training', trainCount, testCount, contentHash, ...this.factsOf(group), costUsd, ...(previousDatasetId !== undefined && { previousDatasetId }), versionedAt: at },
      { id: derivedId('dataset', datasetId) },
    );
  }

  private async holdApprovals(tx: Transaction, examples: readonly Example[]): Promise<void> {
    const approved = examples.filter(({ lineage }) => lineage.reviewers && lineage.reviewers.length > 0).map(({ exampleId }) => exampleId);
    if (approved.length === 0) return;
    const standing = await holdApprovals(tx, approved);
    const gone = approved.filter((id) => !standing.has(id));
    if (gone.length > 0) {
      throw new RatchetError({ code: 'decisions_taken_back', message: 'A reviewer took a decision back while this run was on its way: it starts again without it', context: { examples: gone.length }, retryable: true });
    }
  }

  private factsOf({ assembly: { examples, rejected, waiting }, opportunities, training }: Group): Pick<DatasetVersioned, 'opportunityIds' | 'failuresAnalyzed' | 'rejected' | 'highPriority' | 'strategies' | 'training'> {
    const used = new Set(examples.flatMap(({ lineage }) => lineage.opportunityId ?? []));
    const sources = opportunities.filter(({ opportunityId }) => used.has(opportunityId));
    const analyses = new Map(sources.map(({ analysisId, failuresAnalyzed }) => [analysisId, failuresAnalyzed]));
    const strategies = sources.flatMap(({ opportunityId, strategy }) => (strategy ? [{ opportunityId, strategy }] : []));
    return {
      opportunityIds: sources.map(({ opportunityId }) => opportunityId),
      failuresAnalyzed: [...analyses.values()].reduce((sum, failures) => sum + failures, 0),
      rejected: [...rejected, ...(waiting.length > 0 ? [{ reason: 'waiting_for_review', count: waiting.length }] : [])],
      highPriority: sources.some(({ priority }) => priority >= this.config.HIGH_PRIORITY),
      ...(strategies.length > 0 && { strategies }),
      ...(training && { training }),
    };
  }
}
