import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { applyPatch, canonicalJson, datasetVersioned, examplesAdded, fixProposed, targetKey, targetSchema, type Example, type Target } from '@ratchet/domain';
import { derivedId, Logger, Metrics, newEventId } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import { CONFIG, type Job } from '@ratchet/service';
import { usersByAnswer } from '../generation/agreement.js';
import { chunkExamples } from '../generation/assemble-dataset.js';
import { isCorrected, type SourceFailure } from '../generation/candidate.js';
import { loadFailures } from '../persistence/failure.repository.js';
import { loadOpenOpportunities, type OpenOpportunity } from '../persistence/opportunity.repository.js';
import { loadServing, type ServingVersion } from '../persistence/serving-version.repository.js';
import { answersOfUsers, loadReviewed, mergeAnswers } from './accepted-answers.js';
import { buildFix } from './build-fix.js';
import { fixExampleOf, type AcceptedAnswer, type BuiltFix, type FixMaterial } from './fix-material.js';
import { isPatched, mayPropose, planFix, type PlannedFix } from './fix-plan.js';
import { FixWriter } from './fix-writer.js';
import { loadComments, loadFormerFixes, loadHeadings, loadWishes, rememberHeading, saveFix, type FixWish } from './fix.repository.js';
import { BudgetNews } from '../generation/budget-news.js';
import { TeachingStaff } from '../teaching/teaching-staff.js';
import { headingFor, topicOf } from './topic.js';
import type { Config } from '../config.js';

export const PROPOSE_FIXES_JOB = 'propose-fixes';
export const proposeFixesJobKey = (target: Target): string => `${PROPOSE_FIXES_JOB}:${targetKey(target)}`;

interface Known {
  readonly target: Target;
  readonly serving: ServingVersion;
  readonly failures: readonly SourceFailure[];
  readonly users: ReadonlyMap<string, ReadonlySet<string>>;
  readonly reviewed: ReadonlyMap<string, readonly AcceptedAnswer[]>;
  /** Of sections, all that any opportunity of the target has. */
  readonly headings: Set<string>;
  readonly writer: FixWriter | undefined;
  /** What the run has cost since it was asked last. */
  readonly takeCost: () => Promise<number>;
}

type Outcome = 'proposed' | 'one_is_open' | 'tried_before' | 'too_few_tests' | Extract<BuiltFix, { ok: false }>['reason'] | Extract<ReturnType<typeof applyPatch>, { ok: false }>['reason'];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const costsOf = (staff: TeachingStaff, target: Target, runId: string): (() => Promise<number>) => {
  let told = 0;
  return async () => {
    const { runUsd } = await staff.totals(target, runId);
    const cost = Math.max(0, runUsd - told);
    told = runUsd;
    return cost;
  };
};

/** One run of one target: for each opportunity whose fix is no training, a patch of the version that serves, and the questions on which it must be better. */
@Injectable()
export class ProposeFixesJob implements Job {
  readonly jobName = PROPOSE_FIXES_JOB;
  private readonly outcomes;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Metrics) metrics: Metrics,
    @Inject(TeachingStaff) private readonly staff: TeachingStaff,
    @Inject(BudgetNews) private readonly budget: BudgetNews,
  ) {
    this.outcomes = metrics.counter({ name: 'ratchet_generator_fixes_total', help: 'Fixes that are no training, by fix type and what became of them', labelNames: ['fix_type', 'outcome'] });
  }

  async run(payload: unknown, stopping?: AbortSignal): Promise<void> {
    const target = targetSchema.parse(payload);
    const serving = await loadServing(this.database, target);
    const wishes = await loadWishes(this.database, target);
    const patched = [...wishes.values()].filter((wish) => isPatched(wish, serving?.bundle, this.config.PROMPTLESS_PROVIDERS));
    if (!serving || patched.length === 0) return;
    const failures = await loadFailures(this.database, { ...target, failuresMax: this.config.MAX_FAILURES });
    const runId = newEventId();
    const teacher = await this.staff.hire({ target, runId, signal: stopping, onStop: (stop) => this.budget.tellStop(target, runId, stop) });
    const known: Known = {
      target, serving, failures, writer: teacher && new FixWriter(teacher), takeCost: costsOf(this.staff, target, runId), users: usersByAnswer(failures.filter(isCorrected)), reviewed: await loadReviewed(this.database, target), headings: await loadHeadings(this.database, target),
    };
    for (const opportunity of await loadOpenOpportunities(this.database, target)) {
      const wish = patched.find(({ opportunityId }) => opportunityId === opportunity.opportunityId);
      const plan = wish && planFix(wish);
      if (wish && plan) await this.propose(known, { opportunity, wish, plan });
      else if (wish) this.logger.info('no fix was proposed: a person must say what the root cause is', { ...target, opportunityId: wish.opportunityId });
    }
  }

  private async propose(known: Known, { opportunity, wish, plan }: { opportunity: OpenOpportunity; wish: FixWish; plan: PlannedFix }): Promise<void> {
    const { outcome, message } = await this.tryToPropose(known, { opportunity, wish, plan });
    this.outcomes.inc({ fix_type: plan.fixType, outcome });
    this.logger.info(outcome === 'proposed' ? 'a fix was proposed' : 'no fix was proposed', { ...known.target, opportunityId: wish.opportunityId, fixType: plan.fixType, outcome, message });
  }

  private async tryToPropose(known: Known, { opportunity, wish, plan }: { opportunity: OpenOpportunity; wish: FixWish; plan: PlannedFix }): Promise<{ outcome: Outcome; message: string }> {
    const { target, serving } = known;
    const former = await loadFormerFixes(this.database, wish.opportunityId);
    if (former.some(({ state }) => state === 'open')) return { outcome: 'one_is_open', message: 'an earlier fix of it is not judged yet' };
    const material = await this.materialOf(known, opportunity, wish);
    const built = await buildFix(material, plan.recipe);
    if (!built.ok) return { outcome: built.reason, message: built.message };
    const applied = applyPatch(serving.bundle, built.patch);
    if (!applied.ok) return { outcome: applied.reason, message: applied.message };
    const testsMin = this.config.FIX_MIN_TESTS;
    if (built.tests.length < testsMin) return { outcome: 'too_few_tests', message: `${built.tests.length} requests could judge it, and ${testsMin} are needed (FIX_MIN_TESTS)` };
    const patchHash = sha256(canonicalJson(built.patch));
    const may = mayPropose(former, { baseVersion: serving.versionId, patchHash, testCount: built.tests.length });
    if (may !== 'yes') return { outcome: may, message: 'the same patch was tried on this version before' };
    const fixId = derivedId('fix', target.model, target.workload, serving.versionId, wish.opportunityId, patchHash, former.length);
    const strategy = wish.strategy?.patch === plan.recipe ? wish.strategy : undefined;
    const costUsd = await known.takeCost();
    const examples = built.tests.map((test) => fixExampleOf({ target, opportunityId: wish.opportunityId, strategyId: strategy?.strategyId, test }));
    const saved = await this.database.transaction(async (tx) => {
      const datasetId = derivedId('fix-dataset', fixId);
      const { patch, summary } = built;
      if (!(await saveFix(tx, { ...target, fixId, opportunityId: wish.opportunityId, fixType: plan.fixType, baseVersion: serving.versionId, patchHash, patch, datasetId, testCount: examples.length }))) return false;
      if (patch.systemPrompt !== undefined) await rememberHeading(tx, wish.opportunityId, material.heading);
      this.emitDataset(tx, { target, opportunity, datasetId, examples });
      tx.emit(
        fixProposed,
        { fixId, ...target, baseVersion: serving.versionId, opportunityId: wish.opportunityId, fixType: plan.fixType, patch, summary, ...(strategy && { strategy }), datasetId, costUsd, proposedAt: new Date().toISOString() },
        { id: derivedId('fix-proposed', fixId) },
      );
      return true;
    });
    return saved ? { outcome: 'proposed', message: built.summary } : { outcome: 'tried_before', message: 'another run proposed it meanwhile' };
  }

  private async materialOf({ target, serving, failures, users, reviewed, headings, writer }: Known, opportunity: OpenOpportunity, wish: FixWish): Promise<FixMaterial> {
    const { config } = this;
    const ids = new Set(opportunity.interactionIds);
    const members = failures.filter(({ interactionId }) => ids.has(interactionId));
    const comments = await loadComments(this.database, members.map(({ interactionId }) => interactionId));
    const rules = { mode: config.REVIEW_MODE, agreeingUsersMin: config.REVIEW_AGREEING_USERS, agreementMin: config.REVIEW_MIN_AGREEMENT, similarityMin: config.REVIEW_SIMILARITY };
    const heading = wish.heading ?? headingFor({ topic: topicOf(members.map(({ query }) => query)), taken: headings });
    headings.add(heading);
    return {
      target,
      opportunityId: wish.opportunityId,
      rootCauseReason: opportunity.rootCauseReason,
      bundle: serving.bundle,
      failures: members.map((failure) => ({ ...failure, comments: comments.get(failure.interactionId) ?? [] })),
      accepted: mergeAnswers(answersOfUsers({ failures: members, users, rules }), reviewed.get(wish.opportunityId) ?? [], members),
      heading,
      writer,
      limits: { inputCharsMax: config.INPUT_CHARS_MAX, outputCharsMax: config.OUTPUT_CHARS_MAX, teacherConfidenceMin: config.TEACHER_MIN_CONFIDENCE },
    };
  }

  /** Nothing of it is trained on: it only says what the candidate must do better. */
  private emitDataset(tx: Transaction, { target, opportunity, datasetId, examples }: { target: Target; opportunity: OpenOpportunity; datasetId: string; examples: readonly Example[] }): void {
    const at = new Date().toISOString();
    for (const [chunk, rows] of chunkExamples(examples).entries()) tx.emit(examplesAdded, { datasetId, ...target, examples: rows, addedAt: at }, { id: derivedId('examples', datasetId, chunk) });
    tx.emit(
      datasetVersioned,
      {
        datasetId, ...target, purpose: 'training', trainCount: 0, testCount: examples.length, contentHash: sha256(examples.map(({ exampleId }) => exampleId).sort().join('\n')),
        opportunityIds: [opportunity.opportunityId], failuresAnalyzed: opportunity.failuresAnalyzed, rejected: [], highPriority: false, versionedAt: at,
      },
      { id: derivedId('dataset', datasetId) },
    );
  }
}
