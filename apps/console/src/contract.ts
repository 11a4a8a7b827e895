import { defineService } from '@ratchet/contracts';
import {
  alertRaised, alertResolved, auditRecorded, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, opportunityClosed, opportunityRanked,
  reviewChanged, rolloutAdvanced, routingChanged, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'console',
  consumes: [
    alertRaised, alertResolved, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, opportunityClosed, opportunityRanked, rolloutAdvanced,
    routingChanged, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack, vitalsCounted, reviewChanged, erasureCompleted,
  ],
  produces: [auditRecorded, commandIssued],
});
