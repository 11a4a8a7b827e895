import { normalizeAnswer } from '@ratchet/domain';
import { userOf, type Failure } from './failure.js';
import type { FixType } from '@ratchet/domain';

/** How often a strategy's cycles were promoted, and how often they were not. */
export interface StrategyRecord {
  readonly succeeded: number;
  readonly failed: number;
}

interface CorrectionSupply {
  readonly corrected: number;
  /** Different users behind the answer that most of them submitted. */
  readonly agreeingUsers: number;
}

interface StrategyRow {
  readonly name: string;
  readonly fixType: FixType;
  readonly applies: (supply: CorrectionSupply) => boolean;
}

/** Below this an answer is one person's word. */
const AGREEING_USERS = 3;

/** What can be done, in the order of preference while nothing is known of how well each works. */
const strategies: readonly StrategyRow[] = [
  { name: 'agreed_corrections', fixType: 'training_examples', applies: ({ agreeingUsers }) => agreeingUsers >= AGREEING_USERS },
  { name: 'spread_corrections', fixType: 'training_examples', applies: ({ corrected }) => corrected > 0 },
  { name: 'teach_representatives', fixType: 'training_examples', applies: () => true },
  { name: 'facts_from_corrections', fixType: 'knowledge_entries', applies: ({ corrected }) => corrected > 0 },
  { name: 'facts_from_reviewers', fixType: 'knowledge_entries', applies: () => true },
  { name: 'format_instruction', fixType: 'prompt_patch', applies: () => true },
  { name: 'raise_threshold_one_step', fixType: 'safety_threshold', applies: () => true },
  { name: 'require_retrieved_passage', fixType: 'retrieval_change', applies: () => true },
  { name: 'retrieve_more_passages', fixType: 'retrieval_change', applies: () => true },
];

const supplyOf = (failures: readonly Failure[]): CorrectionSupply => {
  const users = new Map<string, Set<string>>();
  for (const failure of failures) {
    if (failure.correction === undefined) continue;
    const answer = normalizeAnswer(failure.correction);
    users.set(answer, (users.get(answer) ?? new Set()).add(userOf(failure)));
  }
  const corrected = failures.filter(({ correction }) => correction !== undefined).length;
  return { corrected, agreeingUsers: Math.max(0, ...[...users.values()].map(({ size }) => size)) };
};

/** Posterior mean of success under a uniform prior: an untried strategy stands at one half. */
export const smoothedSuccess = ({ succeeded, failed }: StrategyRecord): number => (succeeded + 1) / (succeeded + failed + 2);

/** Of the fix type's strategies that the corrections allow, the one with the best smoothed success; the table's order breaks ties. */
export const chooseStrategy = ({ fixType, failures, records }: {
  readonly fixType: FixType;
  readonly failures: readonly Failure[];
  readonly records: ReadonlyMap<string, StrategyRecord>;
}): string => {
  const supply = supplyOf(failures);
  const possible = strategies.filter((row) => row.fixType === fixType && row.applies(supply));
  const success = ({ name }: StrategyRow): number => smoothedSuccess(records.get(name) ?? { succeeded: 0, failed: 0 });
  const best = possible.reduce<StrategyRow | undefined>((leader, row) => (leader === undefined || success(row) > success(leader) ? row : leader), undefined);
  if (best === undefined) throw new RangeError(`No strategy is known for the fix type ${fixType}: add one to the table in strategy.ts`);
  return best.name;
};
