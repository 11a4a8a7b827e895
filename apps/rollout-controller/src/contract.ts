import { defineService } from '@ratchet/contracts';
import {
  alertRaised, alertResolved, candidateJudged, candidateRegistered, commandIssued, commandRefused, experimentConcluded, experimentUpdated, qualityEvaluated, rolloutAdvanced, routingChanged,
  signalDetected, versionPromoted, versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'rollout-controller',
  consumes: [candidateRegistered, candidateJudged, vitalsCounted, signalDetected, qualityEvaluated, commandIssued, versionPublished],
  produces: [routingChanged, rolloutAdvanced, versionPromoted, versionRolledBack, experimentUpdated, experimentConcluded, alertRaised, alertResolved, commandRefused],
});
