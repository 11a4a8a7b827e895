import { defineService } from '@ratchet/contracts';
import { conversationEnded, feedbackGiven, handoffRequested, interactionCompleted, routingChanged, versionPublished } from '@ratchet/domain';

export const contract = defineService({
  service: 'gateway',
  consumes: [routingChanged, versionPublished],
  produces: [interactionCompleted, feedbackGiven, handoffRequested, conversationEnded],
});
