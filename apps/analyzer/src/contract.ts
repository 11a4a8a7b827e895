import { defineService } from '@ratchet/contracts';
import {
  budgetChanged, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, fixProposed, interactionFailed, opportunityClosed, opportunityRanked, rolloutAdvanced, signalDetected, trainingFailed,
  trainingStarted, versionPromoted, versionRolledBack,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'analyzer',
  consumes: [
    interactionFailed, signalDetected, candidateJudged, versionPromoted, versionRolledBack, rolloutAdvanced, commandIssued, datasetVersioned, fixProposed, trainingStarted, trainingFailed,
    candidateRegistered,
  ],
  produces: [opportunityRanked, opportunityClosed, budgetChanged],
});
