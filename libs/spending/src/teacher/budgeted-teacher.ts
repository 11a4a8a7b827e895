import { createHash } from 'node:crypto';
import { canonicalJson } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import { ProviderError, type TeacherClient, type TeacherRequest, type TeacherResult, type TokenUsage } from '@ratchet/providers';
import { z } from 'zod';
import { BudgetExceededError } from '../budget/budget-exceeded.error.js';
import type { BudgetLimits } from '../budget/decide-reservation.js';
import { costOf, estimateUsage, type TokenPrice } from '../budget/price.js';
import type { Account, Ledger } from '../ledger/ledger.js';

/** Set aside for an answer that nobody has seen yet. */
const OUTPUT_TOKENS_EXPECTED = 1_000;

export interface BudgetedTeacherOptions {
  readonly client: TeacherClient;
  readonly ledger: Ledger;
  readonly account: Account;
  readonly limits: BudgetLimits;
  readonly price: TokenPrice;
  /** Calls of this teacher, beside the budgets. */
  readonly callsMax?: number;
  readonly outputTokensExpected?: number;
}

export interface PaidResult<Value> extends TeacherResult<Value> {
  /** Of the question; the ledger and the results know it by it. */
  readonly contentHash: string;
  /** US dollars; 0 where the result was there already. */
  readonly costUsd: number;
  readonly estimated: boolean;
}

/** The same question to the same teacher has the same hash. */
export const questionHash = (teacher: string, { instructions, input, schema, schemaName, seed }: TeacherRequest<z.ZodType>): string =>
  createHash('sha256')
    .update(canonicalJson({ teacher, instructions, input, schemaName, shape: z.toJSONSchema(schema, { unrepresentable: 'any' }), ...(seed !== undefined && { seed }) }))
    .digest('hex');

/**
 * A teacher that keeps to a budget and pays for nothing twice: what may be spent is set aside before a call and settled after it, and an answer is stored
 * with its settlement, so that after a crash at most the calls that were under way are made again.
 */
export class BudgetedTeacher implements TeacherClient {
  readonly description: string;
  private callsLeft: number;
  private readonly underWay = new Map<string, Promise<PaidResult<unknown>>>();

  constructor(private readonly options: BudgetedTeacherOptions) {
    this.description = options.client.description;
    this.callsLeft = options.callsMax ?? Infinity;
  }

  /**
   * @throws {BudgetExceededError} where the call might go over a budget; nothing was asked
   * @throws {ProviderError} where the provider gave no usable answer
   */
  async ask<Schema extends z.ZodType>(request: TeacherRequest<Schema>): Promise<PaidResult<z.infer<Schema>>> {
    const contentHash = questionHash(this.description, request);
    const known = request.schema.safeParse(await this.options.ledger.readResult(contentHash));
    if (known.success) return { value: known.data, contentHash, costUsd: 0, estimated: false };
    // The same question at the same time is one question.
    const asked = this.underWay.get(contentHash) ?? this.pay(request, contentHash).finally(() => this.underWay.delete(contentHash));
    this.underWay.set(contentHash, asked);
    return asked as Promise<PaidResult<z.infer<Schema>>>;
  }

  private async pay<Schema extends z.ZodType>(request: TeacherRequest<Schema>, contentHash: string): Promise<PaidResult<z.infer<Schema>>> {
    const { client, ledger, account, limits, price, outputTokensExpected = OUTPUT_TOKENS_EXPECTED } = this.options;
    if (this.callsLeft <= 0) throw new BudgetExceededError({ code: 'run_budget', message: `the run's ${this.options.callsMax} calls are used up` });
    this.callsLeft -= 1;
    const inputChars = request.instructions.length + request.input.length;
    const expected = { inputTokens: estimateUsage({ inputChars, outputChars: 0 }).inputTokens, outputTokens: outputTokensExpected };
    const entryId = newEventId();
    const kind = request.schemaName;
    const decision = await ledger.reserve({ entryId, account, contentHash, kind, amountUsd: costOf(expected, price), limits });
    if (!decision.granted) throw new BudgetExceededError(decision);
    const settle = async (counted: TokenUsage | undefined, guessed: TokenUsage, result?: { contentHash: string; kind: string; value: unknown }): Promise<{ costUsd: number; estimated: boolean }> => {
      const usage = counted ?? guessed;
      const cost = { costUsd: costOf(usage, price), estimated: counted === undefined };
      await ledger.settle({ entryId, usage, ...cost, ...(result && { result }) });
      return cost;
    };
    let answer: TeacherResult<z.infer<Schema>>;
    try {
      answer = await client.ask(request);
    } catch (error) {
      const usage = error instanceof ProviderError ? error.usage : undefined;
      // Who stops waiting may be charged for what was read until then.
      const mayCost = error instanceof ProviderError && (error.code === 'timeout' || error.code === 'cancelled');
      if (usage || mayCost) await settle(usage, { inputTokens: expected.inputTokens, outputTokens: 0 });
      else await ledger.release(entryId);
      throw error;
    }
    const { value, usage } = answer;
    const cost = await settle(usage, estimateUsage({ inputChars, outputChars: JSON.stringify(value).length }), { contentHash, kind, value });
    return { value, ...(usage && { usage }), contentHash, ...cost };
  }
}
