import { defineService } from '@ratchet/contracts';
import {
  alertRaised, alertResolved, budgetChanged, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, fixProposed, opportunityClosed, reviewChanged, rolloutAdvanced, routingChanged,
  trainingFailed, trainingStarted, versionPromoted,
  versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'trainer-dispatcher',
  consumes: [commandIssued, examplesAdded, datasetVersioned, vitalsCounted, candidateJudged, rolloutAdvanced, versionPromoted, versionRolledBack, erasureCompleted, reviewChanged, fixProposed, opportunityClosed, candidateRegistered, versionPublished, routingChanged],
  produces: [trainingStarted, trainingFailed, candidateRegistered, versionPublished, budgetChanged, alertRaised, alertResolved],
});
