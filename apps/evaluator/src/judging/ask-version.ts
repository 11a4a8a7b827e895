import { setTimeout as sleep } from 'node:timers/promises';
import { RatchetError } from '@ratchet/observability';
import type { VersionRequest, VersionCompletion } from '@ratchet/providers';
import type { Bundle } from '@ratchet/domain';
import type { SuiteItem } from '../suites/suite-item.js';
import { gradeReply } from './grade.js';

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
  readonly latencyMs: number | null;
  readonly costUsd: number | null;
  readonly fault: string | null;
  readonly reasons: readonly string[];
}

export interface RetryPolicy {
  readonly attempts: number;
  readonly firstPauseMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, firstPauseMs: 250 };

/** Both versions get the same seed, so that a provider that honours it differs only by its weights and prompt. */
const SEED = 0;

const pauseMs = ({ firstPauseMs }: RetryPolicy, attempt: number): number => firstPauseMs * 2 ** attempt * (0.5 + Math.random());

/** Puts one item to one version. Throws only when `signal` ends the work, or for a fault that is not the provider's. */
export const askVersion = async ({ runner, version, item, signal, retry }: { runner: VersionRunner; version: JudgedVersion; item: SuiteItem; signal: AbortSignal; retry: RetryPolicy }): Promise<AnswerRecord> => {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const reply = await runner.complete({ ...version, messages: [{ role: 'user', content: item.prompt }], seed: SEED, signal });
      const { score, reasons } = gradeReply(item, reply, version.bundle);
      return { versionId: version.versionId, itemId: item.itemId, score, latencyMs: reply.latencyMs, costUsd: reply.costUsd ?? null, fault: null, reasons };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RatchetError)) throw error;
      if (!error.retryable || attempt + 1 >= retry.attempts) {
        return { versionId: version.versionId, itemId: item.itemId, score: null, latencyMs: null, costUsd: null, fault: error.code, reasons: [] };
      }
      await sleep(pauseMs(retry, attempt), undefined, { signal });
    }
  }
};
