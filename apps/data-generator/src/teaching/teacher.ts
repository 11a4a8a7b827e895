import { BudgetExceededError, type BudgetedTeacher, type Totals } from '@ratchet/spending';
import { ProviderError } from '@ratchet/providers';
import type { z } from 'zod';
import type { Lesson } from './shapes.js';

/** A result, and the hash of the question that it can be found by. */
export interface Taught<Value> {
  readonly value: Value;
  readonly contentHash: string;
}

/** Why nothing more is asked in this run. */
export interface TeachingStop {
  readonly code: 'run_budget' | 'month_budget' | 'provider';
  readonly message: string;
}

export interface AsksTeacher {
  readonly description: string;
  /** Undefined where there is no answer: the teacher is away, the budget is spent, or this question got no usable answer. */
  ask<Schema extends z.ZodType>(lesson: Lesson<Schema>, input: object): Promise<Taught<z.infer<Schema>> | undefined>;
  readonly stop: TeachingStop | undefined;
}

/** So many unusable answers one after the other mean that the teacher cannot do it. */
const UNUSABLE_MAX = 3;

const isAway = ({ code, status }: ProviderError): boolean => {
  if (code === 'refused') return status === undefined || [401, 402, 403, 404].includes(status);
  return code !== 'bad_response' || status !== undefined;
};

export interface TeacherOptions {
  readonly paid: Pick<BudgetedTeacher, 'ask' | 'description'>;
  readonly totals: () => Promise<Totals>;
  /** Told once, as soon as nothing more will be asked. */
  readonly onStop?: (stop: TeachingStop) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** The teacher of one run. What it cannot give is missing, and the run goes on with what there is. */
export class Teacher implements AsksTeacher {
  private stopped: TeachingStop | undefined;
  private unusable = 0;

  constructor(private readonly options: TeacherOptions) {}

  get description(): string {
    return this.options.paid.description;
  }

  get stop(): TeachingStop | undefined {
    return this.stopped;
  }

  totals(): Promise<Totals> {
    return this.options.totals();
  }

  async ask<Schema extends z.ZodType>({ kind, instructions, schema }: Lesson<Schema>, input: object): Promise<Taught<z.infer<Schema>> | undefined> {
    if (this.stopped) return undefined;
    const { paid, signal } = this.options;
    try {
      const { value, contentHash } = await paid.ask({ instructions, input: JSON.stringify(input), schema, schemaName: kind, ...(signal && { signal }) });
      this.unusable = 0;
      return { value, contentHash };
    } catch (error) {
      if (signal?.aborted) throw error;
      await this.noteFailure(error);
      return undefined;
    }
  }

  private async noteFailure(error: unknown): Promise<void> {
    if (error instanceof BudgetExceededError) return this.end({ code: error.code, message: error.message });
    if (!(error instanceof ProviderError)) throw error;
    this.unusable += 1;
    if (isAway(error) || this.unusable >= UNUSABLE_MAX) await this.end({ code: 'provider', message: `the teacher ${this.description} gives no answers: ${error.message}` });
  }

  private async end(stop: TeachingStop): Promise<void> {
    if (this.stopped) return;
    this.stopped = stop;
    await this.options.onStop?.(stop);
  }
}
