import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RatchetError } from '@ratchet/observability';
import { placeKey, promptHashOf } from '../scoring/answer-cache.js';
import type { AnswerCache, CachedAnswer, NewAnswer } from '../scoring/answer-cache.js';
import { asStoredFault } from '../scoring/scorer.js';
import { ScorerSet } from '../scoring/scorer-set.js';
import type { SuiteItem } from '../suites/suite-item.js';
import type { AnswerRecord, JudgedVersion, RetryPolicy, VersionRunner } from './ask-version.js';
import { DEFAULT_RETRY } from './ask-version.js';
import { JudgedItem } from './judged-item.js';
import { SEED } from './seed.js';

/** So many answers of one version, or scores of one scorer, in a row that failed are an outage of its provider, not a trouble with single items. */
const OUTAGE_FAULTS = 25;
const RECORDS_PER_SAVE = 200;
/** Items whose cached answers are in memory at once. */
const ITEMS_PER_CHUNK = 1_000;
const TIME_LIMIT_MS = 120_000;
/** Of a provider that was away for a moment. What took too long is not asked again: it would take as long once more. */
const PASSING_FAULTS: ReadonlySet<string> = new Set(['connection', 'rate_limited', 'bad_response', asStoredFault('model_away')]);

/** The provider is away; the judgement is to be continued later. */
export class ProviderOutage extends RatchetError {
  constructor(fault: string) {
    super({ code: 'provider_outage', message: `${OUTAGE_FAULTS} answers in a row failed (${fault}); the judgement continues later`, retryable: true });
    this.name = 'ProviderOutage';
  }
}

export interface SuiteRun {
  readonly items: readonly SuiteItem[];
  readonly incumbent: JudgedVersion;
  readonly candidate: JudgedVersion;
  readonly runner: VersionRunner;
  /** What an earlier run of the same judgement has stored. */
  readonly stored: readonly AnswerRecord[];
  readonly save: (records: readonly AnswerRecord[]) => Promise<void>;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** `wait`: an outage ends the run with ProviderOutage; `give_up`: missing answers stay missing. */
  readonly onOutage: 'wait' | 'give_up';
  readonly retry?: RetryPolicy;
  /** Rules alone unless given. */
  readonly scorers?: ScorerSet;
  /** Answers of earlier judgements; without it every item is asked. */
  readonly cache?: AnswerCache | undefined;
  /** Items that are asked whatever is cached, so that latencies can be compared. */
  readonly freshItems?: ReadonlySet<string>;
  /** For one answer of one version with all its attempts, and for scoring one item. */
  readonly timeLimitMs?: number;
  /** Told of items that were asked though an answer was cached, and whether it was the same. */
  readonly onAskedAgain?: (isSame: boolean) => void;
}

export const answerKey = ({ versionId, itemId }: Pick<AnswerRecord, 'versionId' | 'itemId'>): string => `${versionId}\n${itemId}`;

/** Who goes first changes from item to item, so that a warm connection or a provider's cache favours neither side. */
const incumbentFirst = (itemId: string): boolean => ((createHash('sha256').update(itemId).digest()[0] ?? 0) & 1) === 0;

/** Safety asks whether the candidate is unsafe, so the incumbent is not asked. */
export const versionsToAsk = ({ item, incumbent, candidate }: { item: SuiteItem; incumbent: JudgedVersion; candidate: JudgedVersion }): JudgedVersion[] => {
  if (item.suite === 'safety') return [candidate];
  return incumbentFirst(item.itemId) ? [incumbent, candidate] : [candidate, incumbent];
};

/** Counts failures in a row of each version and scorer; one that answers does not hide that another is away. */
class Outages {
  private readonly inARow = new Map<string, number>();

  constructor(private readonly onOutage: SuiteRun['onOutage']) {}

  /** @throws {ProviderOutage} where it is to be waited out */
  note(whom: string, fault: string | undefined): void {
    const failed = fault === undefined ? 0 : this.of(whom) + 1;
    this.inARow.set(whom, failed);
    if (fault !== undefined && failed >= OUTAGE_FAULTS && this.onOutage === 'wait') throw new ProviderOutage(fault);
  }

  /** Once an outage was waited out in vain, pausing for each of thousands of items would only take hours. */
  retryOf(whom: string, policy: RetryPolicy): RetryPolicy {
    return this.onOutage === 'give_up' && this.of(whom) >= OUTAGE_FAULTS ? { ...policy, attempts: 1 } : policy;
  }

  private of(whom: string): number {
    return this.inARow.get(whom) ?? 0;
  }
}

/** One run: what is answered, and what is not saved yet. */
class Run {
  readonly answers: Map<string, AnswerRecord>;
  private readonly scorers: ScorerSet;
  private readonly outages: Outages;
  private cached: ReadonlyMap<string, CachedAnswer> = new Map();
  private unsaved: AnswerRecord[] = [];
  private uncached: NewAnswer[] = [];

  constructor(
    private readonly run: SuiteRun,
    private readonly signal: AbortSignal,
  ) {
    this.answers = new Map(run.stored.filter(({ fault }) => fault === null).map((record) => [answerKey(record), record]));
    this.scorers = run.scorers ?? new ScorerSet();
    this.outages = new Outages(run.onOutage);
  }

  /** The cached answers of the items that come next. */
  async prepare(items: readonly SuiteItem[]): Promise<void> {
    const { cache, incumbent, candidate } = this.run;
    const found = (await cache?.find([incumbent.versionId, candidate.versionId], items.map(({ prompt }) => promptHashOf({ prompt, seed: SEED })))) ?? [];
    this.cached = new Map(found.map((answer) => [placeKey(answer), answer]));
  }

  async judge(item: SuiteItem): Promise<void> {
    const { runner, freshItems, timeLimitMs = TIME_LIMIT_MS, retry = DEFAULT_RETRY, onAskedAgain } = this.run;
    const versions = versionsToAsk({ item, ...this.run });
    const scorer = this.scorers.scorerOf(item);
    const missing = versions.filter(({ versionId }) => !this.answers.has(answerKey({ versionId, itemId: item.itemId })));
    if (missing.length === 0) return;
    const isFresh = freshItems?.has(item.itemId) ?? false;
    // A score that compares, and a latency, is worth nothing beside an answer of another run.
    const due = scorer.compares || isFresh ? versions : missing;
    const judged = new JudgedItem({ item, versions: due, scorer, signal: this.signal, timeLimitMs });
    await judged.answer({
      runner,
      cachedOf: (place) => this.cached.get(placeKey(place)),
      isFresh,
      retryOf: ({ versionId }) => this.outages.retryOf(versionId, retry),
      onAskedAgain,
    });
    this.uncached.push(...judged.newAnswers);
    const records = await judged.score({ isWhole: due.length === versions.length });
    for (const record of records) this.answers.set(answerKey(record), record);
    this.unsaved.push(...records);
    for (const { whom, fault } of judged.outcomes) this.outages.note(whom, fault);
    if (this.unsaved.length >= RECORDS_PER_SAVE) await this.flush();
  }

  /** Forgets faults that pass, and gives their items. */
  takeFaulty(): SuiteItem[] {
    const faulty = new Set<string>();
    for (const [key, { itemId, fault }] of this.answers) {
      if (fault === null || !PASSING_FAULTS.has(fault)) continue;
      faulty.add(itemId);
      this.answers.delete(key);
    }
    return this.run.items.filter(({ itemId }) => faulty.has(itemId));
  }

  async flush(): Promise<void> {
    const [records, answers] = [this.unsaved, this.uncached];
    [this.unsaved, this.uncached] = [[], []];
    // First the answers: what was asked and not scored yet is then not asked again.
    if (answers.length > 0) await this.run.cache?.save(answers);
    if (records.length > 0) await this.run.save(records);
  }
}

/**
 * Asks both versions every item, one right after the other, so that load and time of day touch both latencies alike, and scores the answers; with at most
 * `concurrency` items under way. Answers are saved as they come; those that are stored or cached already are not asked again, except faults and fresh items.
 */
export const runSuite = async (suiteRun: SuiteRun): Promise<AnswerRecord[]> => {
  const stop = new AbortController();
  const signal = AbortSignal.any([suiteRun.signal, stop.signal]);
  const run = new Run(suiteRun, signal);
  const guarded = (queue: Iterator<SuiteItem>): Promise<void> =>
    work(run, queue, signal).catch((error: unknown) => {
      if (!stop.signal.aborted) stop.abort(error);
    });
  const judgeAll = async (items: readonly SuiteItem[]): Promise<void> => {
    for (let start = 0; start < items.length && !signal.aborted; start += ITEMS_PER_CHUNK) {
      const chunk = items.slice(start, start + ITEMS_PER_CHUNK);
      await run.prepare(chunk);
      const queue = chunk[Symbol.iterator]();
      await Promise.all(Array.from({ length: suiteRun.concurrency }, () => guarded(queue)));
    }
    await run.flush();
    signal.throwIfAborted();
  };
  await judgeAll(suiteRun.items);
  await judgeFaultyAgain(suiteRun, { run, judgeAll });
  return [...run.answers.values()];
};

/** After an outage that was waited out in vain nothing is asked again. */
const judgeFaultyAgain = async ({ onOutage, retry = DEFAULT_RETRY, signal }: SuiteRun, { run, judgeAll }: { run: Run; judgeAll: (items: readonly SuiteItem[]) => Promise<void> }): Promise<void> => {
  if (onOutage === 'give_up') return;
  for (const pauseMs of retry.roundPausesMs ?? []) {
    const faulty = run.takeFaulty();
    if (faulty.length === 0) return;
    await sleep(pauseMs, undefined, { signal });
    await judgeAll(faulty);
  }
};

const work = async (run: Run, queue: Iterator<SuiteItem>, signal: AbortSignal): Promise<void> => {
  for (let next = queue.next(); !next.done && !signal.aborted; next = queue.next()) await run.judge(next.value);
};
