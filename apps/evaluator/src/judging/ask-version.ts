import { setTimeout as sleep } from 'node:timers/promises';
import { RatchetError } from '@ratchet/observability';
import type { VersionRequest, VersionCompletion } from '@ratchet/providers';
import type { Bundle } from '@ratchet/domain';
import type { ScorerIdentity } from '../scoring/scorer.js';
import { TimeLimitError, withTimeLimit } from '../scoring/time-limit.js';
import type { SuiteItem } from '../suites/suite-item.js';
import { SEED } from './seed.js';

/** The part of the version runtime that a judgement needs. */
export interface VersionRunner {
  complete(request: VersionRequest): Promise<Pick<VersionCompletion, 'content' | 'finishReason' | 'latencyMs'> & { readonly costUsd?: number }>;
}

export interface JudgedVersion {
  readonly versionId: string;
  readonly bundle: Bundle;
}

/** What is kept of one version's answer to one item. A fault leaves the score null: missing, not wrong. */
export interface AnswerRecord {
  readonly versionId: string;
  readonly itemId: string;
  readonly score: number | null;
  /** Only where both versions were asked in this run, one after the other. */
  readonly latencyMs: number | null;
  readonly costUsd: number | null;
  readonly fault: string | null;
  readonly reasons: readonly string[];
  /** Absent on records of services before it was kept. */
  readonly scorer?: ScorerIdentity;
  /** `cached`: the version gave this answer in an earlier run. */
  readonly source?: 'asked' | 'cached';
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly firstPauseMs: number;
  /** Before each further round over what passing faults have left without a score; none unless given. */
  readonly roundPausesMs?: readonly number[];
}

/** A provider that is started again takes longer than the attempts of one item, and fails too few items to be an outage: the rounds make up for that. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, firstPauseMs: 250, roundPausesMs: [2_000, 10_000] };

/** A version's answer, or the code of the fault that kept it away. */
export type Asked = { readonly content: string; readonly finishReason: string; readonly latencyMs: number; readonly costUsd: number | null } | { readonly fault: string };

const pauseMs = ({ firstPauseMs }: RetryPolicy, attempt: number): number => firstPauseMs * 2 ** attempt * (0.5 + Math.random());

interface Question {
  readonly runner: VersionRunner;
  readonly version: JudgedVersion;
  readonly item: SuiteItem;
  readonly signal: AbortSignal;
  readonly retry: RetryPolicy;
}

const askPatiently = async ({ runner, version, item, signal, retry }: Question): Promise<Asked> => {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const { content, finishReason, latencyMs, costUsd } = await runner.complete({ ...version, messages: [{ role: 'user', content: item.prompt }], seed: SEED, signal });
      return { content, finishReason, latencyMs, costUsd: costUsd ?? null };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RatchetError)) throw error;
      if (!error.retryable || attempt + 1 >= retry.attempts) return { fault: error.code };
      await sleep(pauseMs(retry, attempt), undefined, { signal });
    }
  }
};

/** Puts one item to one version; all attempts together take at most `timeLimitMs`. Throws only when `signal` ends the work, or for a fault that is not the provider's. */
export const askVersion = async ({ signal, timeLimitMs, ...question }: Question & { readonly timeLimitMs: number }): Promise<Asked> => {
  try {
    return await withTimeLimit((within) => askPatiently({ ...question, signal: within }), { ms: timeLimitMs, signal });
  } catch (error) {
    if (error instanceof TimeLimitError) return { fault: error.code };
    throw error;
  }
};
