import { normalizeAnswer } from '@ratchet/domain';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import type { Candidate, SourceFailure } from './candidate.js';

/** Adds to each candidate where it comes from: cluster, strategy, the signals of its failures, and the reply that failed on its very request. */
export const traceLineage = ({ candidates, opportunity, byId }: { readonly candidates: readonly Candidate[]; readonly opportunity: OpenOpportunity; readonly byId: ReadonlyMap<string, SourceFailure> }): Candidate[] =>
  candidates.map((candidate): Candidate => {
    const failures = candidate.interactionIds.flatMap((id) => byId.get(id) ?? []);
    const own = failures.find(({ query }) => normalizeAnswer(query) === normalizeAnswer(candidate.input));
    const signals = [...new Set(failures.flatMap((failure) => failure.signals))].sort();
    return {
      ...candidate,
      ...(opportunity.clusterId !== null && { clusterId: opportunity.clusterId }),
      ...(opportunity.strategy && { strategyId: opportunity.strategy.strategyId }),
      ...(signals.length > 0 && { signals }),
      ...(own && own.response !== '' && { rejectedOutput: own.response }),
    };
  });
