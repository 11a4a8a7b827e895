import { defineService } from '@ratchet/contracts';
import { datasetVersioned, examplesAdded, interactionFailed, opportunityClosed, opportunityRanked, signalDetected } from '@ratchet/domain';

export const contract = defineService({
  service: 'data-generator',
  consumes: [opportunityRanked, opportunityClosed, interactionFailed, signalDetected],
  produces: [examplesAdded, datasetVersioned],
});
