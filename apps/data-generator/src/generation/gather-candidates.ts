import { judgeCorrections, type AgreementRules, type Judged } from './agreement.js';
import { isCorrected, type Candidate, type CorrectedFailure, type SourceFailure } from './candidate.js';
import { spreadCorrections } from './neighbours.js';
import { findRephrasings } from './rephrasings.js';

export interface GatherRules extends AgreementRules {
  /** Undefined switches the spreading of corrections to similar requests off. */
  readonly neighbourSimilarityMin: number | undefined;
}

export interface GatherInput {
  readonly opportunityId: string;
  readonly failures: readonly SourceFailure[];
  /** Different users behind each answer of the whole target. */
  readonly users: ReadonlyMap<string, ReadonlySet<string>>;
  readonly vectorOf: (failure: SourceFailure) => ArrayLike<number>;
  /** The one spelling of an answer. */
  readonly canonical: (answer: string) => string;
  readonly rules: GatherRules;
}

type Derived = Omit<Candidate, 'output' | 'opportunityId' | 'agreeingUsers' | 'state' | 'reason'>;

/** Everything that one opportunity's failures can teach, from people alone: corrections, the rewordings before them, and similar requests. */
export const gatherCandidates = ({ opportunityId, failures, users, vectorOf, canonical, rules }: GatherInput): Candidate[] => {
  const corrected = failures.filter(isCorrected);
  const uncorrected = failures.filter((failure) => !isCorrected(failure));
  const judged = new Map(judgeCorrections({ corrected, vectorOf, users, rules }).map((verdict) => [verdict.failure.interactionId, verdict]));

  const candidateOf = (verdict: Judged, derived: Derived): Candidate => ({
    ...derived,
    output: canonical(verdict.failure.correction),
    opportunityId,
    agreeingUsers: verdict.agreeingUsers,
    state: verdict.accepted ? 'accepted' : 'waiting',
    reason: verdict.reason,
  });
  const verdictOf = (failure: CorrectedFailure): Judged => judged.get(failure.interactionId) as Judged;

  const direct = corrected.map((failure) => {
    const verdict = verdictOf(failure);
    return candidateOf(verdict, { input: failure.query, source: 'user_correction', confidence: verdict.confidence, interactionIds: [failure.interactionId] });
  });
  const rephrasings = findRephrasings({ corrected, uncorrected, vectorOf });
  const reworded = rephrasings.map(({ earlier, correctedBy, confidenceFactor }) => {
    const verdict = verdictOf(correctedBy);
    return candidateOf(verdict, {
      input: earlier.query,
      source: 'conversation',
      confidence: verdict.confidence * confidenceFactor,
      interactionIds: [earlier.interactionId, correctedBy.interactionId],
    });
  });
  const rewordedIds = new Set(rephrasings.map(({ earlier }) => earlier.interactionId));
  return [...direct, ...reworded, ...spread({ uncorrected: uncorrected.filter(({ interactionId }) => !rewordedIds.has(interactionId)), corrected, verdictOf, candidateOf, vectorOf, rules })];
};

const spread = ({ uncorrected, corrected, verdictOf, candidateOf, vectorOf, rules }: {
  readonly uncorrected: readonly SourceFailure[];
  readonly corrected: readonly CorrectedFailure[];
  readonly verdictOf: (failure: CorrectedFailure) => Judged;
  readonly candidateOf: (verdict: Judged, derived: Derived) => Candidate;
  readonly vectorOf: (failure: SourceFailure) => ArrayLike<number>;
  readonly rules: GatherRules;
}): Candidate[] => {
  if (rules.neighbourSimilarityMin === undefined) return [];
  const accepted = corrected.filter((failure) => verdictOf(failure).accepted);
  const rivals = corrected.filter((failure) => !verdictOf(failure).accepted);
  return spreadCorrections({ uncorrected, accepted, rivals, vectorOf, similarityMin: rules.neighbourSimilarityMin }).flatMap(({ failure, neighbours, similarity }) => {
    const [nearest] = neighbours;
    if (!nearest) return [];
    const verdict = verdictOf(nearest);
    // Half the certainty of the correction itself, and the other half as far as the requests are alike.
    const confidence = verdict.confidence * (0.5 + 0.5 * similarity);
    return [candidateOf(verdict, { input: failure.query, source: 'conversation', confidence, interactionIds: [failure.interactionId, ...neighbours.map(({ interactionId }) => interactionId)] })];
  });
};
