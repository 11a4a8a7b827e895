import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { candidateJudged } from '@ratchet/domain';
import type { ChangedItem } from '@ratchet/domain';
import { derivedId, Logger, RatchetError } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { VersionRuntime } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Job } from '@ratchet/service';
import { z } from 'zod';
import type { Config } from '../config.js';
import { EvaluatorMetrics } from '../metrics.js';
import { FingerprintsRepository } from '../persistence/fingerprints.repository.js';
import { JudgementsRepository } from '../persistence/judgements.repository.js';
import type { StoredJudgement } from '../persistence/judgements.repository.js';
import { SuitesRepository } from '../persistence/suites.repository.js';
import { VersionsRepository } from '../persistence/versions.repository.js';
import { SafetySetProvider } from '../safety/safety-set.provider.js';
import { Scoring } from '../scoring/scoring.js';
import type { JudgementScoring } from '../scoring/scoring.js';
import { assembleSuite } from '../suites/assemble-suite.js';
import type { Suite } from '../suites/assemble-suite.js';
import { LeakFinder } from '../suites/leakage.js';
import type { Leakage } from '../suites/leakage.js';
import type { AnswerRecord, JudgedVersion } from './ask-version.js';
import { awaitsOf } from './awaits.js';
import { changedItems } from './changed-items.js';
import { conclude, leaked, notJudgeable, superseded } from './conclude.js';
import type { Verdict } from './conclude.js';
import { ProviderOutage, runSuite } from './run-suite.js';

export const JUDGE_CANDIDATE = 'judge-candidate';

const payloadSchema = z.object({ cycleId: z.string().min(1) });
const INPUT_POLL_MS = 250;
/** Longer waits are left to the job queue, so that they hold no place in it. */
const INPUT_POLLS = 40;

interface JudgedPair {
  readonly incumbent: JudgedVersion;
  readonly candidate: JudgedVersion;
}

/**
 * Runs champion and candidate on the same questions and gives one verdict for each cycle. Answers are stored as they come, so a
 * run that was cut off continues where it stopped.
 */
@Injectable()
export class JudgeCandidateJob implements Job, OnModuleDestroy {
  readonly jobName = JUDGE_CANDIDATE;
  private readonly stopping = new AbortController();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly judgements: JudgementsRepository,
    private readonly suites: SuitesRepository,
    private readonly fingerprints: FingerprintsRepository,
    private readonly versions: VersionsRepository,
    private readonly safetySet: SafetySetProvider,
    private readonly runtime: VersionRuntime,
    private readonly scoring: Scoring,
    private readonly logger: Logger,
    private readonly metrics: EvaluatorMetrics,
  ) {}

  onModuleDestroy(): void {
    this.stopping.abort(new RatchetError({ code: 'stopping', message: 'the service stops; the judgement continues at its next start', retryable: true }));
  }

  async run(payload: unknown): Promise<void> {
    const { cycleId } = payloadSchema.parse(payload);
    const judgement = await this.judgements.find(this.database, cycleId);
    if (!judgement || judgement.outcome !== null) return;
    const endTimer = this.metrics.judgementSeconds.startTimer();
    const missing = await this.waitForInputs(judgement);
    await this.deliver(judgement, missing.length > 0 ? notJudgeable(judgement, missing) : await this.judge(judgement));
    endTimer();
  }

  private async judge(judgement: StoredJudgement): Promise<Verdict> {
    const champion = await this.versions.championOf(this.database, judgement);
    if (champion !== undefined && champion !== judgement.baseVersionId) return superseded(judgement, champion);
    const stored = await this.suites.suitesOf(this.database, judgement);
    const assembled = assembleSuite({ ...stored, shipped: this.safetySet.set, maxItems: this.config.MAX_ITEMS });
    const { suite, leakedItemIds, failure } = await this.leakageOf(judgement, assembled);
    if (failure !== undefined) return leaked(judgement, assembled, { leakedItemIds, failure });
    this.logger.info('judging a candidate', { cycleId: judgement.cycleId, version: judgement.versionId, baseVersion: judgement.baseVersionId, ...suite.counts });
    const scoring = await this.scoring.open(judgement, suite, this.stopping.signal);
    const answers = await this.ask({ judgement, suite, scoring }).finally(() => scoring.close());
    // Hours may have passed: a verdict against a version that no longer serves would be worth nothing.
    const championNow = await this.versions.championOf(this.database, judgement);
    if (championNow !== undefined && championNow !== judgement.baseVersionId) return superseded(judgement, championNow);
    const changes = await changedItems({ judgement, items: suite.items, answers, cache: scoring.run.cache });
    const verdict = conclude({ judgement, leakedItemIds, suite: { ...suite, notes: [...suite.notes, ...scoring.notes()] }, answers, config: this.config.GATE_CONFIG });
    return { ...verdict, changes };
  }

  /** Looked at here, too, whoever made the data: a trainer may have been given examples that no guard of the data-generator saw. */
  private async leakageOf(judgement: StoredJudgement, suite: Suite): Promise<Leakage> {
    const { datasetIds, withoutFingerprints } = await this.fingerprints.trainedOn(this.database, judgement);
    const finder = new LeakFinder(suite);
    await this.fingerprints.forEach(this.database, datasetIds, (fingerprint) => finder.look(fingerprint));
    const found = finder.conclude({ target: this.config.LEAKAGE_TARGET_SHARE_MAX, general: this.config.LEAKAGE_GENERAL_SHARE_MAX });
    if (withoutFingerprints === 0) return found;
    return { ...found, suite: { ...found.suite, notes: [...found.suite.notes, `${withoutFingerprints} datasets of its training are older than the search for leaked items, and were not searched`] } };
  }

  private async ask({ judgement, suite, scoring }: { judgement: StoredJudgement; suite: Suite; scoring: JudgementScoring }): Promise<AnswerRecord[]> {
    const { cycleId } = judgement;
    try {
      return await runSuite({
        items: suite.items,
        ...scoring.run,
        ...(await this.pairOf(judgement)),
        runner: this.runtime,
        stored: await this.judgements.answersOf(this.database, cycleId),
        save: async (records) => {
          await this.judgements.saveAnswers(this.database, cycleId, records);
          this.scoring.count(records, judgement.versionId);
        },
        concurrency: this.config.JUDGE_CONCURRENCY,
        signal: this.stopping.signal,
        onOutage: judgement.outages < this.config.JUDGE_OUTAGES_MAX ? 'wait' : 'give_up',
      });
    } catch (error) {
      if (error instanceof ProviderOutage) await this.judgements.countOutage(this.database, cycleId);
      throw error;
    }
  }

  private async pairOf({ versionId, baseVersionId }: StoredJudgement): Promise<JudgedPair> {
    const bundleOf = async (id: string): Promise<JudgedVersion> => {
      const bundle = await this.versions.bundleOf(this.database, id);
      if (!bundle) throw new RatchetError({ code: 'version_unknown', message: `version ${id} was never published`, context: { versionId: id }, retryable: true });
      return { versionId: id, bundle };
    };
    return { incumbent: await bundleOf(baseVersionId), candidate: await bundleOf(versionId) };
  }

  /** Bundles and datasets come on topics of their own and may be later than the candidate. */
  private async waitForInputs(judgement: StoredJudgement): Promise<string[]> {
    let missing: string[] = [];
    for (let poll = 0; poll < INPUT_POLLS; poll += 1) {
      missing = await this.missingInputs(judgement);
      if (missing.length === 0) return [];
      if (Date.now() - judgement.receivedAt.getTime() > this.config.INPUT_WAIT_MS) return missing;
      await sleep(INPUT_POLL_MS, undefined, { signal: this.stopping.signal });
    }
    throw new RatchetError({ code: 'inputs_missing', message: `the judgement waits: ${missing.join('; ')}`, context: { cycleId: judgement.cycleId }, retryable: true });
  }

  private async missingInputs({ versionId, baseVersionId, datasetIds }: StoredJudgement): Promise<string[]> {
    const missing: string[] = [];
    for (const id of [baseVersionId, versionId]) if (!(await this.versions.bundleOf(this.database, id))) missing.push(`version ${id} was never published`);
    for (const id of await this.suites.missingDatasets(this.database, datasetIds)) missing.push(`dataset ${id} was never closed`);
    return missing;
  }

  /** A user may have been erased while the suite ran. */
  private async withoutErased(tx: Transaction, { changes, ...verdict }: Verdict): Promise<Verdict> {
    if (!changes) return verdict;
    const ids = [...changes.better, ...changes.worse].flatMap(({ exampleId }) => (exampleId === undefined ? [] : [exampleId]));
    const kept = await this.suites.keptExamples(tx, ids);
    const isKept = ({ exampleId }: ChangedItem): boolean => exampleId === undefined || kept.has(exampleId);
    return { ...verdict, changes: { ...changes, better: changes.better.filter(isKept), worse: changes.worse.filter(isKept) } };
  }

  private async deliver({ cycleId, registeredEventId }: StoredJudgement, verdict: Verdict): Promise<void> {
    const judgedAt = new Date().toISOString();
    const awaits = awaitsOf(this.config, verdict);
    const isFirst = await this.database.transaction(async (tx) => {
      const closed = await this.judgements.close(tx, { cycleId, outcome: verdict.outcome, judgedAt });
      if (closed) tx.emit(candidateJudged, { ...(await this.withoutErased(tx, verdict)), ...(awaits !== undefined && { awaits }), judgedAt }, { id: derivedId('candidate.judged', cycleId), correlationId: cycleId, causationId: registeredEventId });
      return closed;
    });
    if (!isFirst) return;
    this.metrics.judgements.inc({ outcome: verdict.outcome });
    for (const { name, verdict: found } of verdict.gates) this.metrics.gates.inc({ gate: name, verdict: found });
    const gates = Object.fromEntries(verdict.gates.map(({ name, verdict: one }) => [name, one]));
    this.logger.info('judged a candidate', { cycleId, version: verdict.version, outcome: verdict.outcome, gates });
  }
}
