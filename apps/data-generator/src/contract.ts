import { defineService } from '@ratchet/contracts';
import { candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, interactionFailed, opportunityClosed, opportunityRanked, reviewChanged, signalDetected } from '@ratchet/domain';

export const contract = defineService({
  service: 'data-generator',
  consumes: [opportunityRanked, opportunityClosed, interactionFailed, signalDetected, commandIssued, candidateRegistered],
  produces: [examplesAdded, datasetVersioned, reviewChanged, erasureCompleted],
});
