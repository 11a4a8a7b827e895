import { defineService } from '@ratchet/contracts';
import {
  alertRaised, alertResolved, auditAnchored, auditDecided, auditRecorded, budgetChanged, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, experimentConcluded, experimentUpdated, fixProposed, interactionCompleted, interactionFailed, opportunityClosed, opportunityRanked, commandRefused,
  reviewChanged, rolloutAdvanced, routingChanged, signalDetected, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'console',
  consumes: [
    alertRaised, alertResolved, budgetChanged, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, experimentConcluded, experimentUpdated, fixProposed, interactionCompleted, interactionFailed, opportunityClosed, opportunityRanked, reviewChanged, commandRefused,
    rolloutAdvanced, routingChanged, signalDetected, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack, vitalsCounted,
  ],
  produces: [auditAnchored, auditDecided, auditRecorded, commandIssued, alertRaised, alertResolved],
});
