import { defineService } from '@ratchet/contracts';
import { candidateJudged, commandIssued, interactionFailed, opportunityClosed, opportunityRanked, signalDetected, versionPromoted, versionRolledBack } from '@ratchet/domain';

export const contract = defineService({
  service: 'analyzer',
  consumes: [interactionFailed, signalDetected, candidateJudged, versionPromoted, versionRolledBack, commandIssued],
  produces: [opportunityRanked, opportunityClosed],
});
