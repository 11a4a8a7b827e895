import { cosine } from '@ratchet/embedded-model';
import { answerKeyOf, userOf, type CorrectedFailure } from './candidate.js';

export type ReviewMode = 'agreement' | 'accept_all' | 'manual';

export interface AgreementRules {
  readonly mode: ReviewMode;
  /** Different users who must have submitted an answer. */
  readonly agreeingUsersMin: number;
  /** Share of the corrections of similar requests that must name it. */
  readonly agreementMin: number;
  /** Cosine of hashed embeddings from which two requests are similar. */
  readonly similarityMin: number;
}

export interface Judged {
  readonly failure: CorrectedFailure;
  readonly accepted: boolean;
  readonly agreeingUsers: number;
  /** Share of similar requests' corrections, this one's included, that name its answer. */
  readonly share: number;
  readonly confidence: number;
  readonly reason: string;
}

/** Fewer similar requests than this cannot outvote a correction. */
const OUTVOTING_REQUESTS = 3;

/** Different users behind each answer, over all corrections of a target. */
export const usersByAnswer = (corrected: readonly CorrectedFailure[]): Map<string, Set<string>> => {
  const users = new Map<string, Set<string>>();
  for (const failure of corrected) {
    const key = answerKeyOf(failure.correction);
    users.set(key, (users.get(key) ?? new Set()).add(userOf(failure)));
  }
  return users;
};

interface Voice {
  readonly failure: CorrectedFailure;
  readonly key: string;
  readonly vector: ArrayLike<number>;
}

interface Poll {
  readonly same: number;
  readonly all: number;
  /** Most votes that one other answer got. */
  readonly strongestOther: number;
}

/** One vote a user, on the requests similar to one request, itself included. */
const poll = (voice: Voice, voices: readonly Voice[], similarityMin: number): Poll => {
  const votes = new Map<string, Set<string>>();
  for (const other of voices) {
    if (other !== voice && cosine(voice.vector, other.vector) < similarityMin) continue;
    votes.set(other.key, (votes.get(other.key) ?? new Set()).add(userOf(other.failure)));
  }
  const others = [...votes].filter(([key]) => key !== voice.key).map(([, users]) => users.size);
  const same = votes.get(voice.key)?.size ?? 0;
  return { same, all: same + others.reduce((sum, count) => sum + count, 0), strongestOther: Math.max(0, ...others) };
};

const decide = ({ rules, users, share, own }: { rules: AgreementRules; users: number; share: number; own: Poll }): { accepted: boolean; reason: string } => {
  if (rules.mode === 'accept_all') return { accepted: true, reason: 'the configuration accepts all' };
  if (rules.mode === 'manual') return { accepted: false, reason: 'waits for a reviewer, as configured' };
  if (users < rules.agreeingUsersMin) return { accepted: false, reason: `too few users agree (fewer than ${rules.agreeingUsersMin})` };
  if (share < rules.agreementMin) return { accepted: false, reason: 'corrections of similar requests disagree' };
  const outvoted = own.all - own.same >= OUTVOTING_REQUESTS && own.strongestOther / own.all >= rules.agreementMin;
  if (outvoted) return { accepted: false, reason: 'corrections of similar requests name another answer' };
  return { accepted: true, reason: `${users} users agree` };
};

/**
 * Review automation for one opportunity's corrections. An answer is accepted when enough different users submitted it anywhere on the target,
 * and most corrections of requests similar to its own name it; one request is held back when its own neighbours name another answer.
 * Confidence is the share times users / (users + 1): agreement, and how many stand behind it.
 */
export const judgeCorrections = ({ corrected, vectorOf, users, rules }: {
  readonly corrected: readonly CorrectedFailure[];
  readonly vectorOf: (failure: CorrectedFailure) => ArrayLike<number>;
  readonly users: ReadonlyMap<string, ReadonlySet<string>>;
  readonly rules: AgreementRules;
}): Judged[] => {
  const voices = corrected.map((failure): Voice => ({ failure, key: answerKeyOf(failure.correction), vector: vectorOf(failure) }));
  const polls = voices.map((voice) => poll(voice, voices, rules.similarityMin));
  const pooled = new Map<string, { same: number; all: number }>();
  voices.forEach(({ key }, i) => {
    const sum = pooled.get(key) ?? { same: 0, all: 0 };
    pooled.set(key, { same: sum.same + (polls[i]?.same ?? 0), all: sum.all + (polls[i]?.all ?? 0) });
  });
  return voices.map(({ failure, key }, i) => {
    const { same, all } = pooled.get(key) ?? { same: 0, all: 1 };
    const share = same / all;
    const count = users.get(key)?.size ?? 0;
    const verdict = decide({ rules, users: count, share, own: polls[i] ?? { same: 1, all: 1, strongestOther: 0 } });
    return { failure, agreeingUsers: count, share, confidence: (share * count) / (count + 1), ...verdict };
  });
};
