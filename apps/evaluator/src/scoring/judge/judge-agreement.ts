import { ProviderError } from '@ratchet/providers';
import { BudgetExceededError } from '@ratchet/spending';
import { cohenKappa } from '@ratchet/stats';
import type { Agreement } from '@ratchet/stats';
import { textHashOf } from '../answer-cache.js';
import { TimeLimitError, withTimeLimit } from '../time-limit.js';
import type { PairwiseJudge } from './pairwise-judge.js';

/** Two answers to one request, of which a person rejected one and gave or accepted the other. */
export interface LabelledPair {
  readonly request: string;
  readonly preferred: string;
  readonly rejected: string;
}

export interface JudgeAgreement {
  /** Pairs that the judge was put. */
  readonly n: number;
  /** Of these, where it chose as the person did. */
  readonly agreed: number;
  /** Where it saw no difference: counted as disagreement. */
  readonly ties: number;
  /** Undefined where there are too few pairs for any. */
  readonly kappa: Agreement | undefined;
}

const AT_ONCE = 8;

interface Asking {
  readonly judge: PairwiseJudge;
  readonly signal: AbortSignal;
  /** For one pair. */
  readonly timeLimitMs: number;
}

/** Which side the preferred answer is shown on, so that a judge that always takes the first agrees by chance alone. */
const isPreferredFirst = ({ request, preferred, rejected }: LabelledPair): boolean => Number.parseInt(textHashOf(`${request}\n${preferred}\n${rejected}`).slice(0, 2), 16) % 2 === 0;

/**
 * How far the judge chooses as people do, without being shown the expected answer: that would be the preferred one. What cannot be asked any more (budget,
 * provider) is left out.
 */
export const measureAgreement = async ({ pairs, ...asking }: Asking & { readonly pairs: readonly LabelledPair[] }): Promise<JudgeAgreement> => {
  const counts = { bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 };
  let ties = 0;
  for (let start = 0; start < pairs.length; start += AT_ONCE) {
    const judged = await Promise.all(pairs.slice(start, start + AT_ONCE).map(async (pair) => ({ peopleSayFirst: isPreferredFirst(pair), share: await shareOf({ ...asking, pair, peopleSayFirst: isPreferredFirst(pair) }) })));
    for (const { peopleSayFirst, share } of judged) {
      if (share === undefined) continue;
      if (share === 0.5) ties += 1;
      const judgeSaysFirst = share === 0.5 ? !peopleSayFirst : share > 0.5;
      if (judgeSaysFirst) counts[peopleSayFirst ? 'bothYes' : 'onlyFirst'] += 1;
      else counts[peopleSayFirst ? 'onlySecond' : 'bothNo'] += 1;
    }
    // Where the budget or the provider ended, the others would only wait for the same.
    if (judged.every(({ share }) => share === undefined)) break;
  }
  const agreed = counts.bothYes + counts.bothNo;
  return { n: agreed + counts.onlyFirst + counts.onlySecond, agreed, ties, kappa: cohenKappa(counts) };
};

const shareOf = async ({ judge, pair: { request, preferred, rejected }, peopleSayFirst, signal, timeLimitMs: ms }: Asking & { pair: LabelledPair; peopleSayFirst: boolean }): Promise<number | undefined> => {
  try {
    return await withTimeLimit((within) => judge.shareOfFirst({ request, answers: peopleSayFirst ? [preferred, rejected] : [rejected, preferred] }, within), { ms, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BudgetExceededError || error instanceof ProviderError || error instanceof TimeLimitError) return undefined;
    throw error;
  }
};

export interface AgreementRule {
  readonly pairsMin: number;
  readonly kappaMin: number;
}

const digits = (value: number): string => value.toFixed(2);

/** How far the judge can be trusted, for people; it says where that is not known. */
export const agreementNote = (judge: string, { n, agreed, kappa }: JudgeAgreement, { pairsMin, kappaMin }: AgreementRule): string => {
  const facts = `on ${agreed} of ${n} labelled pairs${kappa ? ` (kappa ${digits(kappa.kappa)}, ${digits(kappa.lower)} to ${digits(kappa.upper)})` : ''}`;
  if (n === 0) return `nothing shows that the judge ${judge} agrees with people: there are no labelled pairs, so read its scores with care`;
  if (n < pairsMin) return `the judge ${judge} agrees with people ${facts}; ${pairsMin} pairs are needed to tell, so read its scores with care`;
  if (!kappa || kappa.lower < kappaMin) return `the judge ${judge} agrees with people ${facts}, which is not shown to be more than ${kappaMin}, so read its scores with care`;
  return `the judge ${judge} agrees with people ${facts}`;
};
