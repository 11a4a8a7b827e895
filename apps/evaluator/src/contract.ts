import { defineService } from '@ratchet/contracts';
import {
  alertRaised, alertResolved, candidateJudged, candidateRegistered, datasetVersioned, examplesAdded, interactionCompleted, qualityEvaluated, versionPromoted,
  versionPublished, versionRolledBack,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'evaluator',
  consumes: [interactionCompleted, examplesAdded, datasetVersioned, versionPublished, candidateRegistered, versionPromoted, versionRolledBack],
  produces: [candidateJudged, qualityEvaluated, alertRaised, alertResolved],
});
