import { createHash } from 'node:crypto';
import { RatchetError } from '@ratchet/observability';
import type { SuiteItem } from '../suites/suite-item.js';
import { askVersion, DEFAULT_RETRY } from './ask-version.js';
import type { AnswerRecord, JudgedVersion, RetryPolicy, VersionRunner } from './ask-version.js';

/** So many answers in a row that failed are an outage of the provider, not a trouble with single items. */
const OUTAGE_FAULTS = 25;
const RECORDS_PER_SAVE = 200;

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
}

export const answerKey = ({ versionId, itemId }: Pick<AnswerRecord, 'versionId' | 'itemId'>): string => `${versionId}\n${itemId}`;

/** Who goes first changes from item to item, so that a warm connection or a provider's cache favours neither side. */
const incumbentFirst = (itemId: string): boolean => ((createHash('sha256').update(itemId).digest()[0] ?? 0) & 1) === 0;

/** Safety asks whether the candidate is unsafe, so the incumbent is not asked. */
export const versionsToAsk = ({ item, incumbent, candidate }: { item: SuiteItem; incumbent: JudgedVersion; candidate: JudgedVersion }): JudgedVersion[] => {
  if (item.suite === 'safety') return [candidate];
  return incumbentFirst(item.itemId) ? [incumbent, candidate] : [candidate, incumbent];
};

/**
 * Asks both versions every item, one right after the other, so that load and time of day touch both latencies alike; with at most
 * `concurrency` items under way. Answers are saved as they come; those that are stored already are not asked again, except faults.
 */
export const runSuite = async (run: SuiteRun): Promise<AnswerRecord[]> => {
  const answers = new Map(run.stored.filter(({ fault }) => fault === null).map((record) => [answerKey(record), record]));
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  let unsaved: AnswerRecord[] = [];
  let faultsInARow = 0;
  const flush = async (): Promise<void> => {
    const records = unsaved;
    unsaved = [];
    if (records.length > 0) await run.save(records);
  };
  const note = (record: AnswerRecord): void => {
    answers.set(answerKey(record), record);
    unsaved.push(record);
    faultsInARow = record.fault === null ? 0 : faultsInARow + 1;
    if (record.fault !== null && faultsInARow >= OUTAGE_FAULTS && run.onOutage === 'wait') throw new ProviderOutage(record.fault);
  };
  const retryNow = (): RetryPolicy => {
    const policy = run.retry ?? DEFAULT_RETRY;
    // Once an outage was waited out in vain, pausing for each of thousands of items would only take hours.
    return run.onOutage === 'give_up' && faultsInARow >= OUTAGE_FAULTS ? { ...policy, attempts: 1 } : policy;
  };
  const queue = run.items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && !signal.aborted; next = queue.next()) {
      const item = next.value;
      for (const version of versionsToAsk({ item, incumbent: run.incumbent, candidate: run.candidate })) {
        if (!answers.has(answerKey({ versionId: version.versionId, itemId: item.itemId }))) note(await askVersion({ runner: run.runner, version, item, signal, retry: retryNow() }));
      }
      if (unsaved.length >= RECORDS_PER_SAVE) await flush();
    }
  };
  const guarded = (): Promise<void> =>
    work().catch((error: unknown) => {
      if (!stop.signal.aborted) stop.abort(error);
    });
  await Promise.all(Array.from({ length: run.concurrency }, guarded));
  await flush();
  signal.throwIfAborted();
  return [...answers.values()];
};
