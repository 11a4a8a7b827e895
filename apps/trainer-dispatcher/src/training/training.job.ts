import { Inject, Injectable } from '@nestjs/common';
import { bundleHash, candidateRegistered, trainingFailed, versionIdOf, versionPublished } from '@ratchet/domain';
import type { Bundle } from '@ratchet/domain';
import { derivedId, Logger, RatchetError } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { hyperparametersFor, OpenAiFineTuningClient, ProviderError, retainedInFile, trainerOf } from '@ratchet/providers';
import type { FineTuningClient, FineTuningJob, ProviderConfig } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Job } from '@ratchet/service';
import type { Config } from '../config.js';
import { dataOfCycle, retainedExamples } from '../persistence/example.repository.js';
import { bundleOf, endCycle, findCycle, insertVersion, lockTarget, moveCycle, rememberProviderJob } from '../persistence/trainer.repository.js';
import type { CycleRow } from '../persistence/trainer.repository.js';
import { TRAIN_JOB } from './cycle-starter.js';
import { configuredTraining, settingsOf, trainingConfigOf } from './training-config.js';
import { trainingFile } from './training-file.js';

/** Has the provider train a candidate. Every step can be taken again: file and job carry the cycle's id as idempotency key. */
@Injectable()
export class TrainingJob implements Job {
  readonly jobName = TRAIN_JOB;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async run(payload: unknown, stopping: AbortSignal): Promise<void> {
    const { cycleId } = payload as { cycleId: string };
    const cycle = await findCycle(this.database, cycleId);
    if (!cycle || cycle.state !== 'training') return;
    const base = await bundleOf(this.database, cycle.baseVersion);
    if (!base) return this.fail(cycle, `the bundle of ${cycle.baseVersion} is unknown`);
    try {
      const job = await this.train(cycle, base, stopping);
      if (job.status === 'succeeded' && job.fineTunedModel) await this.register(cycle, base, job.fineTunedModel);
      else await this.fail(cycle, job.error ?? `the provider's job ended as ${job.status}`);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.retryable) throw error;
      await this.fail(cycle, error.message);
    }
  }

  private providerOf(base: Bundle): ProviderConfig {
    const provider = this.config.PROVIDERS.find(({ name }) => name === base.provider.name);
    if (!provider) throw new RatchetError({ code: 'unknown_provider', message: `provider ${base.provider.name} is not in PROVIDERS`, retryable: true });
    return provider;
  }

  private async train(cycle: CycleRow, base: Bundle, stopping: AbortSignal): Promise<FineTuningJob> {
    const provider = this.providerOf(base);
    const client = new OpenAiFineTuningClient(provider);
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(this.config.TRAINING_TIMEOUT_MS)]);
    const jobId = cycle.providerJob ?? (await this.begin(cycle, base, provider, client));
    return client.waitForJob(jobId, { pollMs: this.config.TRAINING_POLL_MS, signal });
  }

  private async begin(cycle: CycleRow, base: Bundle, provider: ProviderConfig, client: FineTuningClient): Promise<string> {
    const trainer = trainerOf(provider);
    const settings = settingsOf(cycle.trainingConfig, configuredTraining(this.config));
    const { train } = await dataOfCycle(this.database, cycle.cycleId);
    const retained = await retainedExamples(this.database, cycle, { cycleId: cycle.cycleId, count: retainedInFile(trainer, settings, train.length) });
    const content = trainingFile([...train, ...retained], trainer);
    const trainingFileId = await client.uploadFile({ filename: `${cycle.cycleId}.jsonl`, content, idempotencyKey: `file-${cycle.cycleId}` });
    const job = await client.createJob({
      model: base.provider.model,
      trainingFileId,
      seed: this.config.TRAINING_SEED,
      hyperparameters: hyperparametersFor(trainer, settings),
      idempotencyKey: `job-${cycle.cycleId}`,
    });
    await rememberProviderJob(this.database, cycle.cycleId, job.jobId);
    return job.jobId;
  }

  private async register(cycle: CycleRow, base: Bundle, model: string): Promise<void> {
    if (model === base.provider.model) return this.fail(cycle, 'the trained model equals its base');
    const bundle: Bundle = { ...base, provider: { ...base.provider, model } };
    const { cycleId, baseVersion, trainingRunId } = cycle;
    const target = { model: cycle.model, workload: cycle.workload };
    const { datasetIds, opportunityIds } = await dataOfCycle(this.database, cycleId);
    await this.database.transaction(async (tx) => {
      const row = await lockTarget(tx, target);
      const current = await findCycle(tx, cycleId);
      if (!row || current?.state !== 'training') return;
      const ordinal = row.lastOrdinal + 1;
      const version = versionIdOf({ ordinal, bundle });
      const now = new Date().toISOString();
      await insertVersion(tx, { ...target, versionId: version, ordinal, bundle, parentVersion: baseVersion });
      await moveCycle(tx, { cycleId, state: 'judging', version });
      const of = { correlationId: cycleId };
      tx.emit(
        versionPublished,
        { versionId: version, ...target, ordinal, bundle, contentHash: bundleHash(bundle), parentVersion: baseVersion, publishedAt: now },
        { ...of, id: derivedId('version', version) },
      );
      tx.emit(
        candidateRegistered,
        {
          cycleId,
          ...target,
          trainingRunId,
          baseVersion,
          version,
          datasetIds,
          opportunityIds,
          trainingConfig: cycle.trainingConfig ?? trainingConfigOf(configuredTraining(this.config), { seed: this.config.TRAINING_SEED, strategyIds: [] }),
          trainingSeconds: (Date.now() - cycle.startedAt.getTime()) / 1_000,
          registeredAt: now,
        },
        { ...of, id: derivedId('candidate', cycleId), causationId: derivedId('training-started', cycleId) },
      );
      this.logger.info('a candidate is registered', { cycleId, version, ordinal });
    });
  }

  private async fail(cycle: CycleRow, reason: string): Promise<void> {
    const { cycleId, model, workload, trainingRunId, baseVersion } = cycle;
    await this.database.transaction(async (tx) => {
      await endCycle(tx, cycleId, 'failed');
      tx.emit(
        trainingFailed,
        { cycleId, model, workload, trainingRunId, baseVersion, reason, failedAt: new Date().toISOString() },
        { id: derivedId('training-failed', cycleId), correlationId: cycleId },
      );
    });
    this.logger.warn('training failed', { cycleId, reason });
  }
}
