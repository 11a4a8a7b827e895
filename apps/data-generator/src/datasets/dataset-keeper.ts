import { Inject, Injectable } from '@nestjs/common';
import { derivedId, RatchetError } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import { datasetExists, erasureMark, forgetResultsSince, latestDataset, loadSplits, lockDatasets, recordSources, recordSplits, recordTeacherCalls, recordVoices } from '../persistence/dataset.repository.js';
import { sourcesOf, voicesOf } from './example-sources.js';
import type { Example, Target } from '@ratchet/domain';
import type { Assembly } from '../generation/assemble-dataset.js';
import type { Candidate, SourceFailure } from '../generation/candidate.js';

/** What a run saw before it read its material. */
export interface RunMark {
  readonly erasures: number;
  readonly startedAt: Date;
}

/** Example ids keep the split that they were first issued with, also where they were withdrawn in between. */
export const keepSplits = (examples: readonly Example[], earlier: ReadonlyMap<string, 'train' | 'test'>): Example[] =>
  examples.map((example) => ({ ...example, split: earlier.get(example.exampleId) ?? example.split }));

/** What makes a run's examples a version: their place after the one before, splits that never change, and who is behind them. */
@Injectable()
export class DatasetKeeper {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** To be taken before failures are read. */
  async mark(target: Target): Promise<RunMark> {
    return { startedAt: new Date(), erasures: await erasureMark(this.database, target) };
  }

  /**
   * The assembly as it may be issued, in the transaction that issues it.
   *
   * @throws {RatchetError} `erased_meanwhile`: the run holds texts of a user who has been erased, and starts again
   */
  async settle(tx: Transaction, { target, assembly, mark }: { target: Target; assembly: Assembly; mark: RunMark }): Promise<Assembly & { previousDatasetId: string | undefined }> {
    await lockDatasets(tx, target);
    if ((await erasureMark(tx, target)) !== mark.erasures) {
      await forgetResultsSince(this.database, mark.startedAt);
      throw new RatchetError({ code: 'erased_meanwhile', message: 'A user was erased while this run was on its way: it starts again without their data', retryable: true });
    }
    const previousDatasetId = await latestDataset(tx, target);
    const examples = keepSplits(assembly.examples, await loadSplits(tx, assembly.examples.map(({ exampleId }) => exampleId)));
    // The same examples may be issued again after they were withdrawn: as another version.
    const isTaken = examples.length > 0 && (await datasetExists(tx, assembly.datasetId));
    return { ...assembly, examples, previousDatasetId, ...(isTaken && { datasetId: derivedId('dataset', assembly.datasetId, previousDatasetId ?? '') }) };
  }

  /** Remembers who is behind what is issued, and behind what waits for reviewers. */
  async trace(tx: Transaction, { target, assembly, failures }: { target: Target; assembly: Assembly; failures: readonly SourceFailure[] }): Promise<void> {
    const { examples, waiting } = assembly;
    await recordSplits(tx, examples);
    const queued = waiting.map(({ exampleId, candidate }) => ({ exampleId, input: candidate.input, output: candidate.output, interactionIds: candidate.interactionIds, teacherCalls: teacherCallsOf(candidate) }));
    const issued = examples.map(({ exampleId, input, output, lineage }) => ({ exampleId, input, output, interactionIds: lineage.interactionIds, teacherCalls: lineage.teacherCalls ?? [] }));
    const traced = [...issued, ...queued];
    await recordSources(tx, sourcesOf(traced, failures));
    await recordVoices(tx, { ...target, voices: voicesOf(traced, failures) });
    await recordTeacherCalls(tx, traced.flatMap(({ exampleId, teacherCalls }) => teacherCalls.map((contentHash) => ({ exampleId, contentHash }))));
  }
}

const teacherCallsOf = (candidate: Candidate & { readonly teacherCalls?: readonly string[] }): readonly string[] => candidate.teacherCalls ?? [];
