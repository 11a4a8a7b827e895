import { defineService } from '@ratchet/contracts';
import { alertRaised, clockAdvanced, conversationEnded, feedbackGiven, handoffRequested, interactionCompleted, interactionFailed, signalDetected, vitalsCounted } from '@ratchet/domain';

export const contract = defineService({
  service: 'signal-detector',
  consumes: [interactionCompleted, feedbackGiven, handoffRequested, conversationEnded, clockAdvanced],
  produces: [signalDetected, interactionFailed, vitalsCounted, clockAdvanced, alertRaised],
});
