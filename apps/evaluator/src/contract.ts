import { defineService } from '@ratchet/contracts';
import {
  alertRaised, alertResolved, budgetChanged, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, feedbackGiven, interactionCompleted, qualityEvaluated, reviewChanged, signalDetected,
  versionPromoted, versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'evaluator',
  consumes: [interactionCompleted, feedbackGiven, vitalsCounted, examplesAdded, datasetVersioned, versionPublished, candidateRegistered, versionPromoted, versionRolledBack, commandIssued, erasureCompleted, reviewChanged],
  produces: [candidateJudged, qualityEvaluated, signalDetected, alertRaised, alertResolved, budgetChanged],
});
