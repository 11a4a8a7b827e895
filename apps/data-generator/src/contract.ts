import { defineService } from '@ratchet/contracts';
import {
  budgetChanged, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, fixProposed, interactionCompleted, interactionFailed, opportunityClosed, opportunityRanked,
  reviewChanged, signalDetected, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'data-generator',
  consumes: [
    opportunityRanked, opportunityClosed, interactionCompleted, interactionFailed, signalDetected, commandIssued, versionPublished, trainingStarted, trainingFailed, candidateRegistered, candidateJudged,
    versionPromoted, versionRolledBack,
  ],
  produces: [examplesAdded, datasetVersioned, fixProposed, reviewChanged, erasureCompleted, budgetChanged],
});
