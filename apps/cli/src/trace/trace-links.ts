import { isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import {
  candidateJudged, candidateRegistered, commandIssued, datasetVersioned, examplesAdded, fixProposed, interactionFailed, opportunityClosed, opportunityRanked,
  qualityEvaluated, rolloutAdvanced, signalDetected, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack,
} from '@ratchet/domain';

/** What an event is about, as the places of the loop know each other: by ids in their data. */
export interface Links {
  readonly interactions?: readonly string[];
  readonly conversation?: string;
  readonly opportunities?: readonly string[];
  readonly datasets?: readonly string[];
  readonly cycle?: string;
  readonly version?: string;
}

const defined = <T>(items: readonly (T | undefined)[]): T[] => items.filter((item) => item !== undefined);

const linksOfCycle = (event: EventEnvelope): Links | undefined => {
  if (isEvent(event, trainingStarted)) return { cycle: event.data.cycleId, datasets: event.data.datasetIds, opportunities: event.data.opportunityIds };
  if (isEvent(event, trainingFailed)) return { cycle: event.data.cycleId };
  for (const definition of [candidateRegistered, candidateJudged, rolloutAdvanced, versionPromoted, versionRolledBack] as const) {
    if (isEvent(event, definition)) return { cycle: event.data.cycleId, version: event.data.version };
  }
  return undefined;
};

/** The links of an event; undefined where a trace has no use for it. */
export const linksOf = (event: EventEnvelope): Links | undefined => {
  for (const definition of [signalDetected, interactionFailed, qualityEvaluated] as const) {
    if (isEvent(event, definition)) return { interactions: [event.data.interactionId], conversation: event.data.conversationId };
  }
  if (isEvent(event, opportunityRanked)) return { opportunities: [event.data.opportunityId], interactions: [...event.data.interactionIds, ...event.data.representatives.map(({ interactionId }) => interactionId)] };
  if (isEvent(event, opportunityClosed)) return { opportunities: [event.data.opportunityId] };
  if (isEvent(event, examplesAdded)) {
    const lineages = event.data.examples.map(({ lineage }) => lineage);
    return { datasets: [event.data.datasetId], opportunities: [...new Set(defined(lineages.map(({ opportunityId }) => opportunityId)))], interactions: lineages.flatMap(({ interactionIds }) => interactionIds) };
  }
  if (isEvent(event, datasetVersioned)) return { datasets: [event.data.datasetId], opportunities: event.data.opportunityIds };
  if (isEvent(event, fixProposed)) return { opportunities: [event.data.opportunityId] };
  if (isEvent(event, versionPublished)) return { version: event.data.versionId };
  if (isEvent(event, commandIssued)) return 'version' in event.data ? { version: event.data.version } : {};
  return linksOfCycle(event);
};
