import { defineService } from '@ratchet/contracts';
import {
  alertRaised, alertResolved, candidateJudged, candidateRegistered, datasetVersioned, examplesAdded, feedbackGiven, interactionCompleted, qualityEvaluated, signalDetected,
  versionPromoted, versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'evaluator',
  consumes: [interactionCompleted, feedbackGiven, vitalsCounted, examplesAdded, datasetVersioned, versionPublished, candidateRegistered, versionPromoted, versionRolledBack],
  produces: [candidateJudged, qualityEvaluated, signalDetected, alertRaised, alertResolved],
});
